import { performance } from 'node:perf_hooks';

const HEARTBEAT_MS = 15_000;

/** One line a step on stderr, with the seconds since the program's start: stdout is for results alone. */
export function say(text: string): void {
  process.stderr.write(`[${seconds(performance.now()).padStart(6)}] ${text}\n`);
}

/** Runs a long step: says when it begins, that it still runs every 15 s, and how long it took. */
export async function step<T>(text: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  say(text);
  const heartbeat = setInterval(() => {
    say(`${text}: still at it after ${seconds(performance.now() - startedMs)} s`);
  }, HEARTBEAT_MS);
  try {
    const result = await work();
    say(`${text}: done in ${seconds(performance.now() - startedMs)} s`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
