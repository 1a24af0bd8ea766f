import { checkDocsTables } from './docs-tables.ts';
import { checkForeignText } from './foreign-text.ts';
import { checkImportCycles } from './import-cycles.ts';
import { checkImports } from './imports.ts';
import { checkLinks } from './links.ts';
import { checkBarrels, checkNames } from './names.ts';
import { runNode } from './programs.ts';
import { checkPurity } from './purity.ts';
import { openRepository, type Problem } from './repository.ts';
import { parseSources } from './sources.ts';
import { checkTestSwitches } from './test-switches.ts';

export interface CheckResult {
  readonly name: string;
  /** Empty if the check passes. */
  readonly faults: readonly string[];
  /** The command, or what to do, that mends it. */
  readonly remedy: string;
}

/** Runs every check over the checkout and hands each result on as soon as it is known. */
export async function runChecks(root: string, report: (result: CheckResult) => void): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const add = (result: CheckResult) => {
    results.push(result);
    report(result);
  };
  const repository = openRepository(root);
  const sources = parseSources(repository);
  const addProblems = (name: string, problems: readonly Problem[], remedy: string) =>
    add({ name, faults: problems.map(formatProblem), remedy });

  addProblems(
    'import direction',
    checkImports(sources),
    'move the code, or change tools/checks/house.ts with a reason',
  );
  addProblems('import cycles', checkImportCycles(sources), 'move what both need into a file of its own');
  addProblems('pure folders', checkPurity(sources), 'pass the value in from the caller');
  addProblems('names', [...checkNames(repository), ...checkBarrels(sources)], 'git mv <old> <new>');
  addProblems('tests switched off', checkTestSwitches(sources), 'remove the switch, or give the reason');
  addProblems('docs and code tables', checkDocsTables(repository, sources), 'edit the page');
  addProblems('links', checkLinks(repository), 'edit the page');
  addProblems('nothing of one machine', checkForeignText(repository), 'edit the file');

  for (const program of PROGRAMS) {
    const outcome = await runNode(root, program.script, program.args);
    const faults = outcome.isOk ? [] : [outcome.output || `${program.script} failed`];
    add({ name: program.name, faults, remedy: program.remedy });
  }
  return results;
}

const PROGRAMS = [
  {
    name: 'generated files',
    script: 'tools/generate.ts',
    args: ['--check'],
    remedy: 'make generate',
  },
  {
    name: 'lint and format',
    script: 'node_modules/@biomejs/biome/bin/biome',
    args: ['check', '--colors=off', '--error-on-warnings', '--max-diagnostics=50', '.'],
    remedy: 'npm run format',
  },
  {
    name: 'types',
    script: 'node_modules/typescript/bin/tsc',
    args: ['-p', 'tsconfig.json', '--pretty', 'false'],
    remedy: 'npx tsc -p tsconfig.json, and mend what it names',
  },
] as const;

function formatProblem({ file, line, text }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}  ${text}`;
}
