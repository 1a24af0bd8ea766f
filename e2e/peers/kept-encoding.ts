import { once } from 'node:events';
import { keepErrors, onLine, startChild } from './child.ts';
import { encodingFile } from './ffmpeg-arguments.ts';
import { parseFrame } from './frames.ts';

/** Decodes an encoding that a camera of numbered pictures keeps: the hash of each picture so far, in order. */
export async function decodeEncoding(folder: string, encoder: number): Promise<string[]> {
  const input = ['-f', 'h264', '-i', encodingFile(folder, encoder)];
  const output = ['-fps_mode', 'passthrough', '-f', 'framemd5', 'pipe:1'];
  // What is written just now ends inside a picture, which FFmpeg would complain of.
  const child = startChild('ffmpeg', ['-hide_banner', '-loglevel', 'fatal', '-nostdin', ...input, ...output]);
  const errors = keepErrors(child);
  const hashes: string[] = [];
  onLine(child, (line) => {
    const frame = parseFrame(line);
    if (frame !== undefined) hashes.push(frame.hash);
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${input.at(-1)} could not be decoded: ${errors.join(' ')}`);
  return hashes;
}
