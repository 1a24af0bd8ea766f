import path from 'node:path';
import ts from 'typescript';
import type { Problem, Repository } from './repository.ts';
import { isSource } from './sources.ts';

const NOUN = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const KINDS = /(\.(test|int\.test|property\.test|e2e|config))?\.ts$/;
/** Words that say where a thing is kept and not what it is. */
const EMPTY_WORDS: ReadonlySet<string> = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'misc',
  'types',
  'shared',
]);

/** Folders and source files whose name is not a kebab-case noun, or no name at all. */
export function checkNames(repository: Repository): Problem[] {
  const problems: Problem[] = [];
  for (const file of repository.keys()) {
    if (!isSource(file)) continue;
    const folders = path.posix.dirname(file).split('/');
    const stem = path.posix.basename(file).replace(KINDS, '');
    for (const word of [...folders.filter((folder) => folder !== '.'), stem]) {
      if (EMPTY_WORDS.has(word))
        problems.push({ file, text: `"${word}" says nothing: name the idea that the file serves` });
      else if (!NOUN.test(word)) problems.push({ file, text: `"${word}" is not kebab-case (git mv it)` });
    }
  }
  return problems;
}

/** Files that only pass on what others export; a workspace's entry may, others hide who needs whom. */
export function checkBarrels(sources: ReadonlyMap<string, ts.SourceFile>): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (/^[a-z0-9]+\/src\/index\.ts$/.test(file)) continue;
    const isBarrel =
      source.statements.length > 0 &&
      source.statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier);
    if (isBarrel || /(^|\/)index\.ts$/.test(file))
      problems.push({ file, text: 'a barrel: import from the files themselves' });
  }
  return problems;
}
