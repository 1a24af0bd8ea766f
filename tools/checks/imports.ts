import type ts from 'typescript';
import { type Part, PURE_FUNCTIONS, PURE_PACKAGES, partOf } from './house.ts';
import type { Problem } from './repository.ts';
import { type Import, isTest, listImports } from './sources.ts';

/** Every import that goes against the directions of `house.ts`. */
export function checkImports(sources: ReadonlyMap<string, ts.SourceFile>): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (isHomeless(file)) problems.push({ file, text: 'give its folder a row in tools/checks/house.ts' });
    for (const imported of listImports(source)) {
      const text = findFault(file, imported, sources);
      if (text) problems.push({ file, line: imported.line, text: `${imported.specifier}: ${text}` });
    }
  }
  return problems;
}

function findFault(
  file: string,
  imported: Import,
  sources: ReadonlyMap<string, unknown>,
): string | undefined {
  const { target } = imported;
  const part = partOf(file);
  if (target === undefined) {
    if (imported.specifier.startsWith('@cupola/')) return 'only @cupola/protocol is imported by its name';
    return part?.isPure && !isTest(file) ? findImpurity(part, imported) : undefined;
  }
  if (/\.[cm]?ts$/.test(target) && !sources.has(target)) return 'there is no such file';
  if (/(^|\/)main\.ts$/.test(target)) return 'main.ts wires its program and is imported by nobody';
  if (workspaceOf(file) === 'operator' && workspaceOf(target) === 'agent') return APART;
  if (workspaceOf(file) === 'agent' && workspaceOf(target) === 'operator') return APART;
  if (isTest(file)) return undefined;
  if (isTest(target)) return 'only tests import what lies in test/ or ends in .test.ts';
  return findWrongDirection(file, part, imported, target);
}

const APART = 'operator and agent never import each other; what both need belongs to protocol/src';

function findWrongDirection(
  file: string,
  part: Part | undefined,
  imported: Import,
  target: string,
): string | undefined {
  const targetPart = partOf(target);
  // Files outside every part (vitest.config.ts) wire tools together.
  if (part === undefined || targetPart === undefined || part === targetPart) return undefined;
  if (part.imports.includes(targetPart.folder)) return undefined;
  if (part.imports.includes(`${part.folder}/*`) && target.startsWith(`${part.folder}/`)) return undefined;
  if (part.typesOf?.includes(targetPart.folder)) {
    return imported.isTypeOnly ? undefined : `${part.folder} may use types of ${targetPart.folder} only`;
  }
  const allowed = [...part.imports, ...(part.typesOf ?? []).map((folder) => `types of ${folder}`)];
  return `${part.folder} may import ${allowed.join(', ') || 'nothing of ours'}, not ${targetPart.folder} (${file})`;
}

function findImpurity(part: Part, imported: Import): string | undefined {
  const { specifier, names } = imported;
  const functions = PURE_FUNCTIONS[specifier];
  if (functions) {
    const others = names?.filter((name) => !functions.includes(name)) ?? ['*'];
    return others.length === 0
      ? undefined
      : `${part.folder} is pure and may import only { ${functions.join(', ')} } of ${specifier}`;
  }
  if (specifier.startsWith('node:')) return `${part.folder} is pure and may not import ${specifier}`;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (imported.isTypeOnly || PURE_PACKAGES.includes(name)) return undefined;
  return `${part.folder} is pure and may import types alone from ${specifier}`;
}

/** A folder of a program that no row speaks of could know everything. */
function isHomeless(file: string): boolean {
  if (isTest(file)) return false;
  const part = partOf(file);
  return (
    part?.imports.includes(`${part.folder}/*`) === true && file.slice(part.folder.length + 1).includes('/')
  );
}

function workspaceOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}
