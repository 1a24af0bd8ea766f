/** Clips as cameras of many kinds would send them, some seconds each, encoded by FFmpeg; played again and again. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PICTURE_FILTERS } from '../../e2e/peers/ffmpeg-arguments.ts';
import { parseFrame } from '../../e2e/peers/frames.ts';

const run = promisify(execFile);
const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'];
export const CLIP_SECONDS = 6;

export type ClipCodec = 'H264' | 'H265' | 'AAC';

interface Recipe {
  readonly codec: ClipCodec;
  readonly source: string;
  /** x264's or x265's own parameters. */
  readonly parameters?: string;
  readonly more?: readonly string[];
}

const MOVING = 'testsrc2=size=320x180:rate=25';
const PLAIN = 'bframes=0:scenecut=0:keyint=25:min-keyint=25';

export const CLIPS = {
  'several-slices': { codec: 'H264', source: MOVING, parameters: `${PLAIN}:slices=4` },
  'b-frames': { codec: 'H264', source: MOVING, parameters: 'bframes=3:b-adapt=0:b-pyramid=2:keyint=25' },
  'intra-refresh': { codec: 'H264', source: MOVING, parameters: `${PLAIN}:intra-refresh=1` },
  'open-gop': { codec: 'H264', source: MOVING, parameters: 'open-gop=1:bframes=2:scenecut=0:keyint=25' },
  night: {
    codec: 'H264',
    source: `${MOVING},select=lt(t\\,3)+not(mod(n\\,3))`,
    parameters: PLAIN,
    more: ['-vsync', 'vfr'],
  },
  still: { codec: 'H264', source: 'color=gray:size=320x180:rate=25', parameters: PLAIN },
  h265: {
    codec: 'H265',
    source: MOVING,
    parameters: 'log-level=error:pools=1:frame-threads=1:bframes=0:keyint=25:min-keyint=25',
  },
  bigger: { codec: 'H264', source: 'testsrc2=size=480x270:rate=25', parameters: PLAIN },
  'other-encoder': {
    codec: 'H264',
    source: MOVING,
    parameters: 'bframes=0:keyint=40:min-keyint=40:scenecut=0:ref=2',
  },
  'audio-alone': { codec: 'AAC', source: 'aevalsrc=0.3*sin(2*PI*t*(300+40*mod(t\\,20))):sample_rate=48000' },
} as const satisfies Record<string, Recipe>;

export type ClipName = keyof typeof CLIPS;

export interface Clip {
  readonly name: string;
  readonly codec: ClipCodec;
  readonly file: string;
  /** What tells each coded unit from others, in the order of sending. */
  readonly hashes: readonly string[];
}

export async function encodeClip(name: ClipName, folder: string): Promise<Clip> {
  const recipe: Recipe = CLIPS[name];
  const file = join(folder, `${name}.mkv`);
  const input = ['-f', 'lavfi', '-i', recipe.source, '-t', String(CLIP_SECONDS)];
  await run('ffmpeg', [...QUIET, ...input, ...encoderOf(recipe), ...(recipe.more ?? []), file]);
  return { name, codec: recipe.codec, file, hashes: await hashUnits(file, recipe.codec) };
}

function encoderOf({ codec, parameters = '' }: Recipe): string[] {
  switch (codec) {
    case 'H264':
      return ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-x264-params', parameters];
    case 'H265':
      return ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', parameters];
    case 'AAC':
      return ['-c:a', 'aac', '-b:a', '64k'];
  }
}

/** Arguments of FFmpeg that write a line for each coded unit, without what servers may write anew. */
export function hashArguments(codec: ClipCodec): string[] {
  const filter = codec === 'AAC' ? [] : ['-bsf:v', PICTURE_FILTERS[codec]];
  return ['-map', '0', '-c', 'copy', ...filter, '-f', 'framemd5', '-flush_packets', '1', 'pipe:1'];
}

async function hashUnits(file: string, codec: ClipCodec): Promise<string[]> {
  const { stdout } = await run('ffmpeg', [...QUIET, '-i', file, ...hashArguments(codec)]);
  return stdout.split('\n').flatMap((line) => parseFrame(line)?.hash ?? []);
}
