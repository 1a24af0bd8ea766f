import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

/** Runs programs one at a time under this very Node, and passes an interruption on to the one that runs. */
export class Child {
  readonly #root: string;
  #running: ChildProcess | undefined;
  #isInterrupted = false;

  constructor(root: string) {
    this.#root = root;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Resolves to whether the program exited with 0. Its output goes where ours goes; its input is empty. */
  run(script: string, args: readonly string[]): Promise<boolean> {
    if (this.#isInterrupted) return Promise.resolve(false);
    return this.#spawn(process.execPath, [path.join(this.#root, script), ...args]);
  }

  /** Like `run`, for what must happen after an interruption too. */
  cleanUp(script: string, args: readonly string[]): Promise<boolean> {
    return this.#spawn(process.execPath, [path.join(this.#root, script), ...args]);
  }

  /** Asks the running program to end; no other is started but to clean up. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#running?.kill('SIGTERM');
  }

  #spawn(program: string, args: readonly string[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: this.#root, stdio: ['ignore', 'inherit', 'inherit'] });
      this.#running = child;
      child.once('error', reject);
      child.once('exit', (code) => {
        this.#running = undefined;
        resolve(code === 0);
      });
    });
  }
}
