import { describe, expect, it } from 'vitest';
import { ErrorTail } from './error-tail.ts';
import { type EncoderEnd, findCause } from './failure-cause.ts';

const ended = (errors: string[], changes: Partial<EncoderEnd> = {}): EncoderEnd => {
  return { exitCode: 1, signal: null, wasHung: false, hasEncoded: true, errors, ...changes };
};

const UNSEEN: Partial<EncoderEnd> = { hasEncoded: false };
/** Of one picture, long before the end. */
const DAMAGED = '[error] Error while decoding stream #0:0: Invalid data found when processing input';

describe('the cause of an end', () => {
  it.each<{ cause: string; end: EncoderEnd }>([
    { cause: 'SourceEnded', end: ended([], { exitCode: 0 }) },
    {
      cause: 'SourceEnded',
      end: ended(['[error] rtsp://127.0.0.1:1/a: Server returned 404 Not Found']),
    },
    {
      cause: 'SourceUndecodable',
      end: ended(
        [
          '[rtsp @ 0x1] [warning] Could not find codec parameters for stream 0 (Video: av1, none): unspecified size',
        ],
        UNSEEN,
      ),
    },
    { cause: 'SourceUndecodable', end: ended(["[fatal] Stream map '0:v:0' matches no streams."], UNSEEN) },
    { cause: 'EncoderMissing', end: ended(["[fatal] Unknown encoder 'libx265'"]) },
    { cause: 'EncoderMissing', end: ended(['[h264_nvenc @ 0x1] [error] Cannot load libcuda.so.1']) },
    {
      cause: 'OutOfMemory',
      end: ended(['[error] Error while decoding stream #0:0: Cannot allocate memory']),
    },
    { cause: 'OutOfMemory', end: ended([], { exitCode: null, signal: 'SIGSEGV' }) },
    { cause: 'OutputRefused', end: ended(['[error] Could not write header for output file #0']) },
    { cause: 'Hung', end: ended(['Cannot allocate memory'], { wasHung: true, signal: 'SIGKILL' }) },
    {
      cause: 'SourceUndecodable',
      end: ended(['[h264 @ 0x5] [error] no frame!'], { wasHung: true, hasEncoded: false }),
    },
    { cause: 'Failed', end: ended(['something new']) },
    { cause: 'Failed', end: ended(['[h264 @ 0x5] [error] no frame!']) },
    { cause: 'Failed', end: ended([DAMAGED], { exitCode: null, signal: 'SIGKILL' }) },
    { cause: 'Failed', end: ended([DAMAGED]) },
    { cause: 'SourceEnded', end: ended([DAMAGED, '[error] rtsp://127.0.0.1:1/a: Connection timed out']) },
  ])('$cause', ({ cause, end }) => {
    expect(findCause(end)).toBe(cause);
  });
});

describe('ErrorTail', () => {
  it('keeps the last lines and the unfinished one, none of them long', () => {
    const tail = new ErrorTail();
    for (let line = 0; line < 1_000; line++) tail.push(`line ${line}\n`);
    tail.push('Segm');
    tail.push('entation fault');
    expect(tail.lines).toHaveLength(20);
    expect(tail.lines.slice(-2)).toEqual(['line 999', 'Segmentation fault']);
    for (let count = 0; count < 100; count++) tail.push('x'.repeat(10_000));
    expect(tail.lines.at(-1)?.length).toBeLessThanOrEqual(300);
  });
});
