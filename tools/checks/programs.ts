import { spawn } from 'node:child_process';
import path from 'node:path';

/** What a program said and how it ended. */
export interface Outcome {
  readonly isOk: boolean;
  /** Standard output and error together, in the order they came. */
  readonly output: string;
}

/** Runs a checker of a package of ours, or a script of `tools/`, under this very Node. */
export function runNode(root: string, script: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ isOk: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() }),
    );
  });
}
