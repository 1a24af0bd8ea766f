import path from 'node:path';
import ts from 'typescript';
import type { Repository } from './repository.ts';

/** One import of a source file, in whatever form it is written. */
export interface Import {
  /** As written, e.g. `../api/labels.ts`. */
  readonly specifier: string;
  /** The path inside the repository for one of our files, undefined for a package or a module of Node. */
  readonly target: string | undefined;
  /** The names that are imported; undefined for a namespace, default, bare or dynamic import. */
  readonly names: readonly string[] | undefined;
  /** Whether nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
  readonly line: number;
}

/** Workspaces that others import by their package name, and the file that the name stands for. */
const ENTRIES: Readonly<Record<string, string>> = { '@cupola/protocol': 'protocol/src/index.ts' };

export function isSource(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.d.ts');
}

/** Tests and what only tests use. */
export function isTest(file: string): boolean {
  return /\.test\.ts$/.test(file) || /(^|\/)test\//.test(file);
}

/** Every source file, parsed once. */
export function parseSources(repository: Repository): ReadonlyMap<string, ts.SourceFile> {
  const parsed = new Map<string, ts.SourceFile>();
  for (const [file, text] of repository) {
    if (isSource(file)) parsed.set(file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return parsed;
}

/** Calls `visit` for the node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

export function listImports(source: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (
    node: ts.Node,
    specifier: ts.Node | undefined,
    names: Import['names'],
    isTypeOnly: boolean,
  ) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const target = resolveImport(source.fileName, specifier.text);
    imports.push({ specifier: specifier.text, target, names, isTypeOnly, line: lineOf(node) });
  };
  walk(source, (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const elements = named && ts.isNamedImports(named) && !clause.name ? named.elements : undefined;
      const isTypeOnly =
        clause?.isTypeOnly === true || (elements?.length ? elements.every((e) => e.isTypeOnly) : false);
      add(node, node.moduleSpecifier, elements?.map(importedName), isTypeOnly);
    } else if (ts.isExportDeclaration(node)) {
      const elements =
        node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
      add(node, node.moduleSpecifier, elements?.map(importedName), node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], undefined, false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, undefined, true);
    }
  });
  return imports;
}

function importedName(element: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (element.propertyName ?? element.name).text;
}

function resolveImport(importer: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(importer), specifier);
  return ENTRIES[specifier];
}
