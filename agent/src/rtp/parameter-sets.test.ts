import { expect, it } from 'vitest';
import { findParameterSets } from './parameter-sets.ts';

it.each([
  [
    'H264',
    'packetization-mode=1; sprop-parameter-sets=Z0LAHg==,aM48gA==; profile-level-id=42C01E',
    ['6742c01e', '68ce3c80'],
  ],
  ['H265', 'sprop-sps=QgE=;sprop-vps=QAE=; sprop-pps=RAE=', ['4001', '4201', '4401']],
  ['H264', 'packetization-mode=1', []],
  ['H264', undefined, []],
  ['Opus', 'sprop-stereo=1', []],
])('of %s with %s', (codec, fmtp, expected) => {
  expect(findParameterSets(codec, fmtp).map((unit) => unit.toString('hex'))).toEqual(expected);
});
