import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { toolPath } from '../../cluster/tools.ts';
import { startChild } from '../../peers/child.ts';

const BUDGET_MS = 10_000;
const POLL_MS = 50;

/** A MediaMTX with RTSP alone that everybody may publish to and read from; resolves when it listens. */
export async function startOpenMediamtx(port: number, paths: object, file: string): Promise<ChildProcess> {
  const settings = {
    logLevel: 'warn',
    rtspAddress: `127.0.0.1:${port}`,
    rtspTransports: ['tcp'],
    writeQueueSize: 2048,
    ...Object.fromEntries(['rtmp', 'srt', 'hls', 'webrtc', 'moq', 'api'].map((server) => [server, false])),
    paths,
  };
  await writeFile(file, JSON.stringify(settings)); // JSON is YAML.
  const child = startChild(await toolPath('mediamtx'), [file], { stdio: ['ignore', 'inherit', 'inherit'] });
  await untilListening(port);
  return child;
}

async function untilListening(port: number): Promise<void> {
  const endMs = performance.now() + BUDGET_MS;
  while (!(await isListening(port))) {
    if (performance.now() > endMs) throw new Error(`nothing listens on port ${port}`);
    await delay(POLL_MS);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
