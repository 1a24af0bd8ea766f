/**
 * One simulated camera: `node camera-main.ts <settings file>`. The file is read again on SIGHUP, as when a person
 * changes a setting in a camera's own page; a changed login is shown at the next connection.
 * Standard output has one event a line: a frame as `v <hash>` or `a <hash>`, anything else as JSON. SIGTERM ends it.
 */
import path from 'node:path';
import { CameraPush } from './camera-push.ts';
import { startCameraServer } from './camera-server.ts';
import { readCameraSettings } from './camera-settings.ts';
import { ended, keepErrors, onLine, startChild } from './child.ts';
import { encoderArguments } from './ffmpeg-arguments.ts';
import { parseFrame } from './frames.ts';

const [settingsFile = ''] = process.argv.slice(2);
let settings = readCameraSettings(settingsFile);
process.on('SIGHUP', () => {
  settings = readCameraSettings(settingsFile);
});
const folder = path.dirname(settingsFile);
const tell = (event: object) => console.log(JSON.stringify({ ...event, atMs: Date.now() }));

const server = await startCameraServer(settings, folder);
const encoder = startChild('ffmpeg', encoderArguments(settings, server.localUrls, folder));
const errors = keepErrors(encoder);
await new Promise<void>((resolve) => {
  onLine(encoder, (line) => {
    const frame = parseFrame(line);
    if (frame === undefined) return;
    if (settings.reportFrames) console.log(`${frame.track} ${frame.hash}`);
    if (frame.track === 'v') resolve();
  });
});
tell({ event: 'encoding' });

const pushes = settings.pushes.map((_, index) => {
  const target = () => settings.pushes[index]!;
  const localUrl = server.localUrls[index % server.localUrls.length]!;
  return new CameraPush(folder, index, localUrl, target, (event) => tell({ ...event, push: index }));
});
for (const push of pushes) void push.run();

process.once('SIGTERM', () => process.exit(0));
const how = await Promise.race([ended(encoder), ended(server.process)]);
tell({ event: 'broken', reason: `${how}: ${[...errors, ...server.log].join(' ')}` });
process.exit(1);
