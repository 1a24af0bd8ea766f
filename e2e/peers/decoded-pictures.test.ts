import { expect, test } from 'vitest';
import { compareDecoded, describeRuns } from './decoded-pictures.ts';

const source = (name: string) => Array.from({ length: 12 }, (_, number) => `${name}${number}`);
const sources = [source('a'), source('b')];
const clean = { foreign: 0, missing: 0, outOfOrder: 0, switches: 0, switchesInsideGop: 0 };

test.each([
  ['a run of one source', 'a0 a1 a2 a3 a4', clean],
  ['another source from its key picture on', 'a0 a1 a2 a3 a4 a5 b4 b5 b6', { ...clean, switches: 1 }],
  ['another source inside its GOP', 'a0 a1 a2 a3 a4 b5 b6', { ...clean, switches: 1, switchesInsideGop: 1 }],
  ['a picture that is nobody’s', 'a0 a1 a2 a3 grey a4', { ...clean, foreign: 1 }],
  ['pictures left out', 'a0 a1 a2 a5 a6', { ...clean, missing: 2 }],
  ['pictures left out at a switch', 'a0 a1 a2 b8 b9', { ...clean, missing: 5, switches: 1 }],
  ['a picture shown again', 'a0 a1 a2 a3 a3 a4', { ...clean, outOfOrder: 1 }],
])('%s', (_, received, expected) => {
  const hashes = received.split(' ');
  expect(compareDecoded(sources, 4, hashes)).toEqual({ received: hashes.length, ...expected });
});

test('what a reader shows before the first key picture does not count', () => {
  expect(compareDecoded(sources, 4, ['grey', 'b3', 'b4', 'b5'])).toEqual({ received: 2, ...clean });
  expect(compareDecoded(sources, 4, ['grey', 'b5'])).toEqual({ received: 0, ...clean });
});

test('runs of pictures are told', () => {
  const received = ['a2', 'a3', 'grey', 'grey', 'b4', 'b5', 'b8', 'a9'];
  expect(describeRuns(sources, received)).toBe('0:2-3 foreign*2 1:4-5 1:8-8 0:9-9');
});
