import { expect, test } from 'vitest';
import { readGcTrace } from './gc-trace.ts';

const LINES = [
  '{"level":30,"event":"path-online"}',
  '[585:0x3ca7f000]       14 ms: Scavenge 4.4 (5.6) -> 3.5 (6.6) MB, pooled: 0 MB, 0.34 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure; ',
  '[585:0x3ca7f000]       90 ms: Scavenge (interleaved) 5.5 (6.6) -> 3.6 (6.6) MB, pooled: 0 MB, 12.50 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure; ',
  '[585:0x3ca7f000]      120 ms: Mark-Compact (reduce) 4.6 (7.1) -> 3.0 (6.0) MB, pooled: 0 MB, 0.62 / 0.00 ms  (+ 1.2 ms in 5 steps since start of marking, biggest step 0.4 ms, walltime since start of marking 3 ms) (average mu = 0.9, current mu = 0.9) finalize incremental marking via task; GC in old space requested',
];

test('the pauses of every collection are read, and what was allocated between them', () => {
  const { pausesMs, allocatedMib } = readGcTrace(LINES);
  expect(pausesMs).toEqual([0.34, 12.5, 0.62]);
  expect(allocatedMib).toBeCloseTo(2 + 1);
});
