/** One FFmpeg process: started, read, ended. When and why is decided by its owner. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ErrorTail } from './error-tail.ts';
import type { Launch } from './launcher.ts';
import { type Progress, ProgressParser } from './progress-parser.ts';

/** Between being asked to end and being killed: time to write what it has encoded. */
const END_MS = 1_000;

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines of its standard error, or why it could not be started. */
  readonly errors: readonly string[];
}

export interface EncoderProcessOptions {
  readonly launch: Launch;
  onProgress(progress: Progress): void;
}

export class EncoderProcess {
  /** Resolves when it is gone and its output read. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  #killing: NodeJS.Timeout | undefined;

  constructor({ launch, onProgress }: EncoderProcessOptions) {
    const child = trySpawn(launch);
    if (child instanceof Error) {
      this.ended = Promise.resolve({ exitCode: null, signal: null, errors: [child.message] });
      return;
    }
    this.#child = child;
    const errors = new ErrorTail();
    const progress = new ProgressParser();
    // Both are missing where there were no file descriptors left for them.
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const each of progress.push(text)) onProgress(each);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
    this.ended = new Promise((resolve) => {
      const finish = (exitCode: number | null, signal: string | null) => {
        clearTimeout(this.#killing);
        resolve({ exitCode, signal, errors: errors.lines });
      };
      child.once('close', finish);
      child.on('error', (error) => {
        errors.push(`${error.message}\n`);
        if (child.pid === undefined) finish(null, null);
      });
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** It writes what it has encoded and ends; killed where it does not. */
  end(): void {
    this.#child?.kill('SIGTERM');
    this.#killing ??= setTimeout(() => this.kill(), END_MS);
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }
}

/** Some failures (no memory for a process, too long arguments) Node throws, others it tells by an event. */
function trySpawn({
  command,
  arguments: args,
}: Launch): ChildProcessByStdio<null, Readable, Readable> | Error {
  try {
    return spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
