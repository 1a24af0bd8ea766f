import type ts from 'typescript';
import type { Problem } from './repository.ts';
import { listImports } from './sources.ts';

/** Circles of files that need each other at run time: what they see of each other depends on who is loaded first. */
export function checkImportCycles(sources: ReadonlyMap<string, ts.SourceFile>): Problem[] {
  const problems: Problem[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    const start = trail.indexOf(file);
    if (start !== -1) {
      problems.push({ file, text: `imports itself: ${[...trail.slice(start), file].join(' -> ')}` });
      return;
    }
    const source = sources.get(file);
    if (source === undefined || done.has(file)) return;
    for (const imported of listImports(source)) {
      if (imported.target && !imported.isTypeOnly) visit(imported.target, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return problems;
}
