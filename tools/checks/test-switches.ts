import ts from 'typescript';
import type { Problem } from './repository.ts';
import { lineOf, walk } from './sources.ts';

const RUNNERS: ReadonlySet<string> = new Set(['describe', 'test', 'it', 'suite', 'scenario']);
const SKIPS: ReadonlySet<string> = new Set(['skip', 'skipIf', 'runIf', 'todo', 'fails']);
const REASON = /\/\/ skipped because \S/;

/** Tests that are switched off without a `// skipped because ...` above them, or that switch all others off. */
export function checkTestSwitches(sources: ReadonlyMap<string, ts.SourceFile>): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (!/\.(test|e2e)\.ts$/.test(file) && !file.startsWith('e2e/scenarios/')) continue;
    walk(source, (node) => {
      if (!ts.isPropertyAccessExpression(node) || !RUNNERS.has(rootName(node.expression))) return;
      const name = node.name.text;
      const line = lineOf(node);
      if (name === 'only')
        problems.push({ file, line, text: '.only switches every other test off: remove it' });
      if (SKIPS.has(name) && !hasReason(source, line))
        problems.push({ file, line, text: `.${name} needs "// skipped because ..." on the line above` });
    });
  }
  return problems;
}

function rootName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootName(node.expression);
  return '';
}

function hasReason(source: ts.SourceFile, line: number): boolean {
  const lines = source.text.split('\n');
  return [lines[line - 2], lines[line - 1]].some((text) => text !== undefined && REASON.test(text));
}
