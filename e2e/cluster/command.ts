import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the command's stdin; nothing (an empty stdin) where left out. */
  readonly input?: string;
  /** The command is killed and counts as failed after this time; no limit where left out. */
  readonly timeoutMs?: number;
}

const ERROR_TAIL_CHARS = 4_000;

/** A program that could not be started, or ended with anything but 0. */
export class CommandError extends Error {
  readonly code = 'CUP_COMMAND';
  readonly program: string;
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(program: string, args: readonly string[], exitCode: number | null, stderr: string) {
    const ending = exitCode === null ? 'did not run to its end' : `ended with ${exitCode}`;
    const tail = stderr.trim().slice(-ERROR_TAIL_CHARS);
    super(`${[program, ...args].join(' ')} ${ending}${tail === '' ? '' : `:\n${tail}`}`);
    this.program = program;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Runs a program to its end and gives its stdout; throws {@link CommandError} when it fails. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that ends without reading its stdin is judged by its exit code, not by the broken pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => reject(new CommandError(program, args, null, error.message)));
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve(Buffer.concat(stdout).toString());
      else reject(new CommandError(program, args, exitCode, Buffer.concat(stderr).toString()));
    });
  });
}

/** As {@link run}, for a question: null when the program answers with a failure. */
export async function ask(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string | null> {
  try {
    return await run(program, args, options);
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}
