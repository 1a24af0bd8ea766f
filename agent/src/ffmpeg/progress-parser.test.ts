import { describe, expect, it } from 'vitest';
import { ProgressParser } from './progress-parser.ts';

/** As FFmpeg 5.1 writes it: before the first picture, on the way, at the end. */
const TEXT = `frame=0
fps=0.00
stream_0_0_q=0.0
bitrate=N/A
total_size=N/A
out_time_us=N/A
out_time=N/A
dup_frames=0
drop_frames=0
speed=N/A
progress=continue
frame=75
fps= 15.1
bitrate=N/A
total_size=N/A
out_time_us=5066667
out_time_ms=5066667
out_time=00:00:05.066667
dup_frames=0
drop_frames=2
speed=1.01x
progress=continue
frame=80
fps=0.0
out_time_us=-40000
drop_frames=2
speed=   1x
progress=end
`;

const BLOCKS = [
  { frames: 0, framesPerSecond: 0, outTimeMs: 0, droppedFrames: 0, speed: undefined },
  { frames: 75, framesPerSecond: 15.1, outTimeMs: 5066.667, droppedFrames: 2, speed: 1.01 },
  { frames: 80, framesPerSecond: 0, outTimeMs: 0, droppedFrames: 2, speed: 1 },
];

describe('ProgressParser', () => {
  it('reads the blocks, whatever pieces they come in', () => {
    for (let split = 0; split <= TEXT.length; split++) {
      const parser = new ProgressParser();
      const blocks = [...parser.push(TEXT.slice(0, split)), ...parser.push(TEXT.slice(split))];
      expect(blocks, `split at ${split}`).toEqual(BLOCKS);
    }
    const parser = new ProgressParser();
    expect([...TEXT].flatMap((character) => parser.push(character))).toEqual(BLOCKS);
  });

  it('passes over what is no progress, and keeps nothing of a line without an end', () => {
    const parser = new ProgressParser();
    expect(parser.push('[warning] something\n=\n\n')).toEqual([]);
    for (let count = 0; count < 100; count++) expect(parser.push('x'.repeat(10_000))).toEqual([]);
    expect(parser.push(`\n${TEXT}`)).toEqual(BLOCKS);
  });
});
