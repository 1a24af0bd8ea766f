/** A MediaMTX alone, as the peers meet it in a media pod: one login that publishes, one that reads. */
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toolPath } from '../../cluster/tools.ts';
import { ended, onLine, startChild } from '../child.ts';

const ADDRESS = '127.0.0.1';
const PORTS = { rtsp: 18_554, rtmp: 18_935, srt: 18_890, hls: 18_888, webrtc: 18_889, webrtcMedia: 18_189 };

export const CAMERA_LOGIN = { user: 'yard', password: 'publishing-password' };
export const VIEWER_LOGIN = { user: 'viewer', password: 'viewing-password' };

export const URLS = {
  rtsp: (name: string) => `rtsp://${ADDRESS}:${PORTS.rtsp}/original/test/${name}`,
  rtmp: (name: string) => `rtmp://${ADDRESS}:${PORTS.rtmp}/original/test/${name}`,
  srt: (name: string) => `srt://${ADDRESS}:${PORTS.srt}?streamid=publish:original/test/${name}`,
  hls: (name: string) => `http://${ADDRESS}:${PORTS.hls}/original/test/${name}/`,
  webrtc: (name: string) => `http://${ADDRESS}:${PORTS.webrtc}/original/test/${name}/`,
};

export async function startBareMediamtx(folder: string): Promise<ChildProcess> {
  const file = path.join(folder, 'mediamtx.yml');
  const users = [
    `{user: ${CAMERA_LOGIN.user}, pass: ${CAMERA_LOGIN.password}, permissions: [{action: publish}]}`,
    `{user: ${VIEWER_LOGIN.user}, pass: ${VIEWER_LOGIN.password}, permissions: [{action: read}]}`,
  ];
  const lines = [
    ...(['rtsp', 'rtmp', 'srt', 'hls', 'webrtc'] as const).map((server) => {
      return `${server}Address: '${ADDRESS}:${PORTS[server]}'`;
    }),
    `webrtcLocalUDPAddress: '${ADDRESS}:${PORTS.webrtcMedia}'`,
    ...['rtspTransports: [tcp]', 'moq: no', 'api: no'],
    `authInternalUsers: [${users.join(', ')}]`,
    'paths: {all_others: {}}',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = startChild(await toolPath('mediamtx'), [file]);
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    onLine(child, (line) => {
      log.push(line);
      if (line.includes('[SRT] started')) resolve();
    });
    void ended(child).then((how) => reject(new Error(`MediaMTX ended (${how}): ${log.slice(-3).join(' ')}`)));
  });
  return child;
}
