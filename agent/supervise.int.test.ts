/**
 * The supervisor as the first process of a PID namespace, as in its container. What it runs does what the test says,
 * line by line; uptime and `sleep` are the test's.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORTS } from '@cupola/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { end, ended, onLine, startChild } from '../e2e/peers/child.ts';
import { Waiting } from '../e2e/peers/waiting.ts';

const SCRIPT = join(import.meta.dirname, 'supervise.sh');
/** Says that it runs, then does what comes by the pipe. */
const COMMAND = 'echo "up $CUPOLA_RESTARTS"; while read -r line; do eval "$line"; done <>"$0"';
const BUDGET_MS = 15_000;

let folder: string;
let supervisor: ChildProcess;
let lines: string[];
let waiting: Waiting;
let uptimeSeconds: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-supervise-'));
  lines = [];
  waiting = new Waiting();
  uptimeSeconds = 1_000;
  execFileSync('mkfifo', [join(folder, 'commands')]);
  await writeFile(
    join(folder, 'sleep'),
    '#!/bin/sh\necho "sleep $1"\n[ ! -e "$0.long" ] || exec tail -f /dev/null\n',
  );
  await chmod(join(folder, 'sleep'), 0o755);
  await live(0);
  const script = 'ip link set lo up; mount --bind "$0/uptime" /proc/uptime && PATH=$0:$PATH exec sh "$@"';
  supervisor = startChild('unshare', [
    ...['--pid', '--net', '--mount', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script, folder],
    ...[SCRIPT, 'sh', '-c', COMMAND, join(folder, 'commands')],
  ]);
  onLine(supervisor, (line) => {
    lines.push(line);
    waiting.arrived();
  });
  await said('up 0');
});
afterEach(async () => {
  await end(supervisor);
  await rm(folder, { recursive: true });
});

async function live(seconds: number): Promise<void> {
  uptimeSeconds += seconds;
  await writeFile(join(folder, 'uptime'), `${uptimeSeconds}.25 1.00\n`);
}

/** Resolves when the command reads it. */
function tell(line: string): Promise<void> {
  return writeFile(join(folder, 'commands'), `${line}\n`);
}

function said(line: string): Promise<void> {
  return waiting.until(line, () => lines.includes(line), BUDGET_MS);
}

function terminate(): void {
  const { pid } = supervisor;
  process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()), 'SIGTERM');
}

describe('the supervisor', () => {
  it('runs what dies again at once, time after time, and says so', async () => {
    for (let restarts = 1; restarts <= 10; restarts++) {
      await live(10);
      await tell('kill -KILL $$');
      await said(`up ${restarts}`);
    }
    const died = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    expect(died.at(-1)).toMatchObject({ event: 'agent-died', exitCode: 137, restarts: 10, pauseSeconds: 0 });
    expect(Math.abs(died.at(-1).time - Date.now())).toBeLessThan(60_000);
    expect(lines.filter((line) => line.startsWith('sleep'))).toEqual([]);
  });

  it('slows a crash loop down, and leaves it to the kubelet in the end', async () => {
    for (let restarts = 1; restarts <= 6; restarts++) {
      await live(9);
      await tell('exit 3');
      await said(`up ${restarts}`);
    }
    await tell('exit 3');
    expect(await ended(supervisor)).toBe('exit code 3');
    expect(lines.filter((line) => line.startsWith('sleep'))).toEqual(['sleep 1', 'sleep 2', 'sleep 4']);
  });

  it.each([0, 78])('ends with exit code %i at once', async (code) => {
    await tell(`exit ${code}`);
    expect(await ended(supervisor)).toBe(`exit code ${code}`);
    expect(lines).toEqual(['up 0']);
  });

  it('passes SIGTERM on, waits for the end and takes its exit code', async () => {
    await tell('trap "echo asked" TERM; echo ready; tail -f /dev/null & wait; echo ending; exit 7');
    await said('ready');
    terminate();
    expect(await ended(supervisor)).toBe('exit code 7');
    expect(lines).toEqual(['up 0', 'ready', 'asked', 'ending']);
  });

  it('ends on SIGTERM while it pauses', async () => {
    await writeFile(join(folder, 'sleep.long'), '');
    for (let restarts = 1; restarts <= 3; restarts++) {
      await tell('exit 4');
      await said(`up ${restarts}`);
    }
    await tell('exit 4');
    await said('sleep 1');
    terminate();
    expect(await ended(supervisor)).toBe('exit code 4');
  });

  it('lets those wait who ask while the command is dead, and the next one answers', async () => {
    const address = `127.0.0.1:${PORTS.mediamtxAuth}`;
    const ask = `$| = 1; $s = IO::Socket::INET->new("${address}") or die; print "asked\\n"; print <$s>`;
    const answer = 'open($l, "<&=", $ENV{CUPOLA_AUTH_FD}) && accept($s, $l) or die; print $s "answered\\n"';
    await tell(`perl -MIO::Socket::INET -e '${ask}' &`);
    await said('asked');
    await tell('kill -KILL $$');
    await said('up 1');
    await tell(`perl -e '${answer}'`);
    await said('answered');
  });

  it('reaps orphans', async () => {
    await tell('orphan=$(sh -c "tail -f /dev/null >/dev/null & echo \\$!"); kill -KILL "$orphan"');
    await tell('while [ -e "/proc/$orphan" ]; do /bin/sleep 0.02; done; echo reaped');
    await said('reaped');
  });
});
