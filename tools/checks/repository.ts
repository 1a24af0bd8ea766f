import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The project's files, path (with `/`, relative to the root) to text. Tests make one by hand. */
export type Repository = ReadonlyMap<string, string>;

/** What one check found wrong. */
export interface Problem {
  readonly file: string;
  /** From 1; left out where the whole file is meant. */
  readonly line?: number;
  /** Which rule is broken, and what to do about it. */
  readonly text: string;
}

/** Reads every file that git knows or would take, so that a new file is checked before it is added. */
export function openRepository(root: string): Repository {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = new Map<string, string>();
  for (const name of new Set(listed.split('\0'))) {
    const full = path.join(root, name);
    // A tracked file may be deleted in the working tree.
    if (name === '' || !statSync(full, { throwIfNoEntry: false })?.isFile()) continue;
    files.set(name, readFileSync(full, 'utf8'));
  }
  return files;
}

/** The line, from 1, on which the offset lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
