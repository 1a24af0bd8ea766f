import ts from 'typescript';
import { lineAt, type Problem, type Repository } from './repository.ts';
import { isTest, lineOf, walk } from './sources.ts';

type Sources = ReadonlyMap<string, ts.SourceFile>;

/** A page whose tables name, in `backquotes` in their first column, all that the code has of one sort. */
interface Table {
  readonly page: string;
  readonly what: string;
  collect(sources: Sources): ReadonlyMap<string, string>;
}

const TABLES: readonly Table[] = [
  {
    page: 'docs/labels.md',
    what: 'label or annotation',
    collect: (sources) =>
      collectConstants(sources, (file, name) => file.startsWith('operator/src/api/') && LABELS.test(name)),
  },
  {
    page: 'docs/conditions.md',
    what: 'condition type or reason',
    collect: (sources) =>
      collectConstants(sources, (file, name) => file.startsWith('operator/src/') && CONDITIONS.test(name)),
  },
  { page: 'docs/metrics.md', what: 'metric', collect: (sources) => collectLiterals(sources, METRIC) },
  { page: 'docs/errors.md', what: 'error code', collect: (sources) => collectLiterals(sources, ERROR_CODE) },
];

const LABELS = /^(LABELS|ANNOTATIONS)$/;
const CONDITIONS = /^(CONDITIONS|([A-Z]+_)*REASONS)$/;
const METRIC = /^cupola_[a-z0-9_]+$/;
const PROGRAMS = /^(protocol|operator|agent)\/src\//;
const ERROR_CODE = /^CUP_[A-Z0-9_]+$/;

/** What a page's tables and the code do not both have. */
export function checkDocsTables(repository: Repository, sources: Sources): Problem[] {
  return [
    ...findComposedNames(sources),
    ...TABLES.flatMap((table) => compareTable(table, repository, sources)),
  ];
}

function compareTable(table: Table, repository: Repository, sources: Sources): Problem[] {
  const inCode = table.collect(sources);
  const page = repository.get(table.page);
  if (page === undefined) {
    return inCode.size === 0
      ? []
      : [{ file: table.page, text: `does not exist, but the code has: ${[...inCode.keys()].join(', ')}` }];
  }
  const inPage = readFirstColumn(page);
  const missing = [...inCode]
    .filter(([name]) => !inPage.has(name))
    .map(([name, file]) => ({
      file: table.page,
      text: `no row for the ${table.what} \`${name}\` of ${file}`,
    }));
  const surplus = [...inPage]
    .filter(([name]) => !inCode.has(name))
    .map(([name, line]) => ({
      file: table.page,
      line,
      text: `\`${name}\` is no ${table.what} of the code: drop the row, or spell it as the code does`,
    }));
  return [...missing, ...surplus];
}

/** Names put together at run time: nobody finds them by searching, this check neither. */
function findComposedNames(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (isTest(file) || !PROGRAMS.test(file)) continue;
    walk(source, (node) => {
      if (!ts.isTemplateExpression(node) || !/^(cupola_|CUP_)/.test(node.head.text)) return;
      problems.push({ file, line: lineOf(node), text: `${node.head.text}...: write the name whole` });
    });
  }
  return problems;
}

/** The backquoted names in the first column of every table of a page, each with its line. */
function readFirstColumn(page: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const row of page.matchAll(/^\|([^|\n]*)\|/gm)) {
    for (const name of (row[1] ?? '').matchAll(/`([^`]+)`/g)) {
      names.set(name[1] ?? '', lineAt(page, row.index));
    }
  }
  return names;
}

/** The string values of `const NAME = { ... } as const` or `[...]`, for the names wanted. */
function collectConstants(sources: Sources, isWanted: (file: string, name: string) => boolean) {
  const found = new Map<string, string>();
  for (const [file, source] of sources) {
    if (isTest(file)) continue;
    walk(source, (node) => {
      if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return;
      if (!isWanted(file, node.name.text)) return;
      walk(node.initializer, (value) => {
        const isKey = ts.isPropertyAssignment(value.parent) && value.parent.name === value;
        if (ts.isStringLiteralLike(value) && !isKey) found.set(value.text, file);
      });
    });
  }
  return found;
}

/** Every string literal of the programs that the pattern matches as a whole. */
function collectLiterals(sources: Sources, pattern: RegExp) {
  const found = new Map<string, string>();
  for (const [file, source] of sources) {
    if (isTest(file) || !PROGRAMS.test(file)) continue;
    walk(source, (node) => {
      if (ts.isStringLiteralLike(node) && pattern.test(node.text)) found.set(node.text, file);
    });
  }
  return found;
}
