import { cpus } from 'node:os';

/** From now on: gives what has been left of the machine's CPU so far, 0 to 1. */
export function watchIdle(): () => number {
  const beganMs = performance.now();
  const before = readIdleSeconds();
  return () => {
    const seconds = (performance.now() - beganMs) / 1_000;
    return (readIdleSeconds() - before) / (seconds * cpus().length);
  };
}

/** Seconds that all cores of the machine together have been idle. */
function readIdleSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1_000;
}
