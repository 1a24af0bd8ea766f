import ts from 'typescript';
import { partOf } from './house.ts';
import type { Problem } from './repository.ts';
import { isTest, lineOf, walk } from './sources.ts';

/** Globals that give a function another result, or an effect, for the same arguments. */
const IMPURE: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'process',
  'console',
  'performance',
  'fetch',
  'crypto',
  'globalThis',
  'WebSocket',
  'EventSource',
  'BroadcastChannel',
  'Temporal',
  'require',
]);

/** Every use of a clock, timer, randomness, the environment or the console in a pure folder. */
export function checkPurity(sources: ReadonlyMap<string, ts.SourceFile>): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    const part = partOf(file);
    if (!part?.isPure || isTest(file)) continue;
    const declared = listDeclared(source);
    walk(source, (node) => {
      const name = impureName(node);
      if (name === undefined || declared.has(name)) return;
      const text = `${name}: ${part.folder} is pure; take time, ids and randomness as arguments`;
      problems.push({ file, line: lineOf(node), text });
    });
  }
  return problems;
}

function impureName(node: ts.Node): string | undefined {
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return 'import.meta';
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length)
    return 'new Date()';
  if (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) return 'Date()';
  if (ts.isPropertyAccessExpression(node)) {
    if (isNamed(node.expression, 'Date') && node.name.text === 'now') return 'Date.now';
    if (isNamed(node.expression, 'Math') && node.name.text === 'random') return 'Math.random';
  }
  if (ts.isIdentifier(node) && IMPURE.has(node.text) && isReference(node)) return node.text;
  return undefined;
}

/** Whether the identifier stands for a value, rather than naming a property, member or declaration. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)) return parent.initializer === node;
  return !(
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isEnumMember(parent) ||
    ts.isJsxAttribute(parent)
  );
}

/** Names that the file gives a meaning of its own: a parameter called `process` is not Node's. */
function listDeclared(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  walk(source, (node) => {
    const declares =
      ts.isParameter(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
  });
  return names;
}

function isNamed(node: ts.Expression, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
