import type { AudioEncoding, VideoEncoding } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { buildEncoding } from '../../test/encodings.ts';
import { buildArguments } from './command-line.ts';

const inputUrl = 'rtsp://127.0.0.1:9554/original/yard/dock/gate';
const outputUrl = 'rtsp://127.0.0.1:8554/compressed/yard/dock/gate/web';

function build(video: Partial<VideoEncoding>, audio?: AudioEncoding, skipMs = 0): string[] {
  return buildArguments({ inputUrl, outputUrl, encoding: buildEncoding(video, audio), skipMs });
}

/** The values of an option, in their order. */
function valuesOf(args: readonly string[], option: string): (string | undefined)[] {
  return args.flatMap((each, index) => (each === option ? [args[index + 1]] : []));
}

const SIZE = 'w=trunc(min(720\\,ih)*iw/ih/2)*2:h=trunc(min(720\\,ih)/2)*2';

describe('the command line of', () => {
  it('one that starts in the middle of a GOP decodes all of it and encodes what is newer', () => {
    const [filters] = valuesOf(build({ framesPerSecond: 15 }, undefined, 2_345), '-vf');
    expect(filters).toMatch(/^select=[^,]+(\\,[^,]+)*,trim=start=2\.345,scale=/);
  });

  it('a usual rendition is this', () => {
    expect(build({ framesPerSecond: 15, keyFrameSeconds: 2 }).join(' ')).toBe(
      [
        '-hide_banner -nostdin -nostats -loglevel level+warning -progress pipe:1 -stats_period 0.5',
        '-probesize 500000 -analyzeduration 500000 -rtsp_transport tcp -timeout 5000000 -threads 1',
        `-i ${inputUrl} -map 0:v:0`,
        `-vf select=if(key\\,st(0\\,t))\\;key+gt(floor((t-ld(0))*15+0.5)\\,floor((prev_t-ld(0))*15+0.5)),scale=${SIZE},format=yuv420p`,
        '-fps_mode passthrough -enc_time_base 1:90000 -force_key_frames source -g 30 -bf 0',
        '-b:v 1500k -maxrate 2250k -bufsize 2250k -c:v libx264 -preset veryfast -profile:v high',
        '-forced-idr 1 -rc-lookahead 0 -threads 1 -x264-params scenecut=0:sync-lookahead=0:sliced-threads=1',
        '-map 0:a:0? -c:a copy -max_interleave_delta 200000 -muxdelay 0',
        `-f rtsp -rtsp_transport tcp ${outputUrl}`,
      ].join(' '),
    );
  });

  it.each<{ what: string; video: Partial<VideoEncoding>; contains: string[] }>([
    { what: 'baseline', video: { profile: 'Baseline' }, contains: ['-profile:v baseline'] },
    {
      what: 'H.265',
      video: { codec: 'H265', speed: 'ultrafast' },
      contains: [
        '-c:v libx265 -preset ultrafast -tune zerolatency -profile:v main -forced-idr 1',
        'open-gop=0:min-keyint=1:pools=2',
      ],
    },
    {
      what: 'H.265 at a lower rate than the source',
      video: { codec: 'H265', framesPerSecond: 10 },
      contains: ['-x265-params fps=10:'],
    },
    { what: 'a width', video: { width: 640, height: 480 }, contains: ['scale=w=640:h=480,'] },
    { what: 'the source frame rate', video: {}, contains: ['-vf scale=', '-g 250'] },
    { what: 'a frame rate alone', video: { framesPerSecond: 10 }, contains: ['*10+0.5)', '-g 100'] },
    {
      what: '4K at 30/s, which needs several threads',
      video: { height: 2160, framesPerSecond: 30 },
      contains: ['-threads 9 -x264-params'],
    },
    {
      what: 'NVENC',
      video: { hardware: 'NVENC' },
      contains: [
        `-hwaccel cuda -hwaccel_output_format cuda -i ${inputUrl}`,
        `scale_cuda=${SIZE}:format=yuv420p`,
        '-c:v h264_nvenc -preset p3 -profile:v high -tune ll -rc vbr -forced-idr 1',
      ],
    },
    {
      what: 'NVENC, H.265',
      video: { hardware: 'NVENC', codec: 'H265' },
      contains: ['-c:v hevc_nvenc -preset p3 -profile:v main'],
    },
    {
      what: 'VAAPI',
      video: { hardware: 'VAAPI', profile: 'Baseline', framesPerSecond: 5 },
      contains: [
        '-hwaccel vaapi -hwaccel_device /dev/dri/renderD128 -hwaccel_output_format vaapi -i',
        `,scale_vaapi=${SIZE}:format=nv12 `,
        '-c:v h264_vaapi -profile:v constrained_baseline -rc_mode VBR',
      ],
    },
    {
      what: 'QSV, whatever the codec of the source',
      video: { hardware: 'QSV', codec: 'H265', speed: 'ultrafast' },
      contains: [
        '-init_hw_device vaapi=va:/dev/dri/renderD128 -hwaccel vaapi -hwaccel_device va',
        ':format=nv12,hwmap=derive_device=qsv,format=qsv ',
        '-c:v hevc_qsv -preset veryfast -profile:v main -forced_idr 1',
      ],
    },
  ])('$what has what that needs', ({ video, contains }) => {
    const line = build(video).join(' ');
    for (const part of contains) expect(line).toContain(part);
  });

  it.each<{ audio: AudioEncoding; line: string }>([
    { audio: { codec: 'None' }, line: '-an' },
    { audio: { codec: 'Copy' }, line: '-map 0:a:0? -c:a copy' },
    {
      audio: { codec: 'Opus', bitrateKbps: 48 },
      line: '-map 0:a:0? -c:a libopus -b:a 48k -af aresample=async=1 -ar 48000',
    },
    { audio: { codec: 'AAC', bitrateKbps: 64 }, line: '-map 0:a:0? -c:a aac -b:a 64k' },
  ])('audio as $audio.codec has what that needs', ({ audio, line }) => {
    expect(build({}, audio).join(' ')).toContain(` ${line} `);
  });

  it('any rendition has no B-frames, no more delay than a frame, and the source key frames', () => {
    for (const codec of ['H264', 'H265'] as const) {
      for (const hardware of [undefined, 'NVENC', 'VAAPI', 'QSV'] as const) {
        const args = build({ codec, ...(hardware && { hardware }) });
        expect(valuesOf(args, '-bf')).toEqual(['0']);
        expect(valuesOf(args, '-force_key_frames')).toEqual(['source']);
        expect(valuesOf(args, '-i')).toEqual([inputUrl]);
        expect(args.at(-1)).toBe(outputUrl);
      }
    }
  });
});
