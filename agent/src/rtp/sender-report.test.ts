import { expect, it } from 'vitest';
import { readSenderReport } from './sender-report.ts';

/** FFmpeg 5.1's first words on a track: a report, and who sends. */
const REPORT = Buffer.from(
  '80c80006 6bca20b3 ee08c0aa 80000000 fffff000 00000000 00000000'.replaceAll(' ', ''),
  'hex',
);
const NAMES = Buffer.from('81ca0003 6bca20b3 01040000 00000000'.replaceAll(' ', ''), 'hex');

it('tells which timestamp stands for which moment, and nothing where it is cut or another packet', () => {
  const bytes = Buffer.concat([Buffer.alloc(4, 0xff), REPORT, NAMES]);
  expect(readSenderReport(bytes, 4, bytes.length)).toEqual({
    timestamp: 0xffff_f000,
    atMs: 0xee08_c0aa * 1_000 + 500,
  });
  for (let end = 4; end < 24; end += 1) expect(readSenderReport(bytes, 4, end)).toBeUndefined();
  expect(readSenderReport(NAMES, 0, NAMES.length)).toBeUndefined();
  expect(readSenderReport(Buffer.alloc(28, 0xc8), 0, 28)).toBeUndefined();
});
