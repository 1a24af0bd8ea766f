import { expect, test } from 'vitest';
import { findPictureStartTest } from './picture-start.ts';

test.each([
  ['H264', 'a single first slice', '4188aa', true],
  ['H264', 'a single later slice', '4142aa', false],
  ['H264', 'an SPS', '6742c01e', true],
  ['H264', 'a delimiter', '09f0', true],
  ['H264', 'the first fragment of a first slice', '7c8588', true],
  ['H264', 'the first fragment of a later slice', '7c8542', false],
  ['H264', 'a fragment further on', '7c0588', false],
  ['H264', 'gathered SPS, PPS, slice', '78000467640028000268ee0003658880', true],
  ['H264', 'gathered later slices', '780003414280', false],
  ['H264', 'a header alone', '41', false],
  ['H264', 'nothing', '', false],
  ['H265', 'a first slice segment', '0201d0', true],
  ['H265', 'a later slice segment', '020150', false],
  ['H265', 'a VPS', '40010c', true],
  ['H265', 'a suffix SEI', '500100', false],
  ['H265', 'the first fragment of a first segment', '620193d0', true],
  ['H265', 'the first fragment of a later segment', '62019350', false],
  ['H265', 'a fragment further on', '620113d0', false],
  ['H265', 'gathered VPS and more', '6001000340010c', true],
  ['AV1', 'anything', '18120000', false],
])('%s, %s (%s): %s', (codec, _what, hex, starts) => {
  const packet = Buffer.from(`ffff${hex}ffff`, 'hex');
  expect(findPictureStartTest(codec)(packet, 2, packet.length - 2)).toBe(starts);
});
