import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CameraSettings, Offer } from './camera-settings.ts';
import { ended, keepErrors, onLine, startChild } from './child.ts';
import { findFreePorts } from './ports.ts';

/**
 * The RTSP server inside a camera: its encoder publishes to it, the camera's own pushers copy from it, and a
 * pulled camera's factory plays it. (One encoder writing to several servers through FFmpeg's tee stalls all of
 * them when one stalls.)
 */
export interface CameraServer {
  readonly process: ChildProcess;
  /** One an encoder. */
  readonly localUrls: readonly string[];
  /** The last lines that it printed, for the message when something fails. */
  readonly log: readonly string[];
}

const KEPT_LINES = 5;

export async function startCameraServer(settings: CameraSettings, folder: string): Promise<CameraServer> {
  const [free = 0] = await findFreePorts(1);
  const port = settings.offer?.port ?? free;
  const file = path.join(folder, 'server.yml');
  await writeFile(file, serverFile(port, settings.offer), { mode: 0o600 });
  const child = startChild(settings.mediamtx, [file]);
  const errors = keepErrors(child);
  const log: string[] = [];
  const listening = new Promise<void>((resolve) => {
    onLine(child, (line) => {
      log.push(line);
      if (log.length > KEPT_LINES) log.shift();
      if (line.includes('[RTSP] started with listener')) resolve();
    });
  });
  const failed = ended(child).then((how) => {
    throw new Error(`The RTSP server of camera ${settings.name} ended (${how}): ${errors.join(' ')}`);
  });
  await Promise.race([listening, failed]);
  const names = settings.numbered?.encoders === 2 ? ['camera', 'second'] : ['camera'];
  return { process: child, localUrls: names.map((name) => `rtsp://127.0.0.1:${port}/${name}`), log };
}

function serverFile(port: number, offer: Offer | undefined): string {
  const local = "{user: any, ips: ['127.0.0.1'], permissions: [{action: publish}, {action: read}]}";
  const outside =
    offer && `{user: ${offer.user}, pass: ${JSON.stringify(offer.password)}, permissions: [{action: read}]}`;
  return [
    `rtspAddress: '${offer ? '' : '127.0.0.1'}:${port}'`,
    'rtspTransports: [tcp]',
    `rtspAuthMethods: [${offer?.method ?? 'basic'}]`,
    ...['rtmp', 'srt', 'hls', 'webrtc', 'moq', 'api'].map((server) => `${server}: no`),
    `authInternalUsers: [${[local, outside].filter(Boolean).join(', ')}]`,
    'paths: {camera: {}, second: {}}',
    '',
  ].join('\n');
}
