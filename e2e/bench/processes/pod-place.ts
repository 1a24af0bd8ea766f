/**
 * A place that looks to the agent like its pod: the ports and folders of one, with nothing of this machine's. It is a
 * network namespace with a loopback alone, and a mount namespace where /etc may be written and /run is empty; both are
 * gone with the last process in them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const MARK = 'CUPOLA_BENCH_POD_PLACE';

const PREPARE = [
  'set -eu',
  'ip link set lo up',
  'mount -t tmpfs none /run',
  'mkdir -p /run/etc/upper /run/etc/work /run/mediamtx /run/cupola /run/secrets/cupola',
  'mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc',
  'mkdir -p /etc/cupola/plan',
  'exec "$@"',
].join('\n');

export function isInPodPlace(): boolean {
  return process.env[MARK] === '1';
}

/** Runs this program again in such a place, needs root; resolves with its exit code. */
export async function runInPodPlace(): Promise<number> {
  const again = [process.execPath, ...process.argv.slice(1)];
  const namespaces = ['--net', '--mount', '--propagation', 'private'];
  const child = spawn('unshare', [...namespaces, 'bash', '-c', PREPARE, 'pod-place', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  });
  // The terminal's Ctrl-C reaches the child too, which then ends in order.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  return (code as number | null) ?? 1;
}
