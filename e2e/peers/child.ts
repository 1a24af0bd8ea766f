import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  /** A network namespace's file, e.g. `/run/netns/x`; that of this process where left out. */
  readonly netns?: string | undefined;
  readonly stdio?: StdioOptions;
  /** A process group of its own, so that `endGroup` reaches what it started. */
  readonly group?: boolean;
}

/**
 * Starts a program in a network namespace. The process id is the program's own, and the kernel kills it when the
 * thread that started it dies: no peer outlives its test.
 */
export function startChild(
  program: string,
  args: readonly string[],
  options: ChildOptions = {},
): ChildProcess {
  const enter = options.netns === undefined ? [] : ['nsenter', `--net=${options.netns}`, '--'];
  const [command = '', ...rest] = [...enter, 'setpriv', '--pdeathsig', 'KILL', program, ...args];
  return spawn(command, rest, {
    stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
    detached: options.group === true,
  });
}

/**
 * Resolves when the process is gone, and what it printed is read to its end where this was called before it went: its
 * exit code, or the name of the signal.
 */
export async function ended(child: ChildProcess): Promise<string> {
  if (isRunning(child)) await once(child, 'close');
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

/** Sends the signal, unless the process is gone already, and waits for its end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (!isRunning(child)) return;
  child.kill(signal);
  await once(child, 'exit');
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Calls back with each line of standard output. */
export function onLine(child: ChildProcess, handle: (line: string) => void): void {
  if (child.stdout === null) throw new Error('The process was started without a pipe for its output.');
  createInterface({ input: child.stdout }).on('line', handle);
}

/** Keeps the last lines of standard error, for the message when something fails. */
export function keepErrors(child: ChildProcess, limit = 5): readonly string[] {
  const lines: string[] = [];
  if (child.stderr === null) throw new Error('The process was started without a pipe for its errors.');
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > limit) lines.shift();
  });
  return lines;
}
