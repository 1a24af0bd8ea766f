import { expect, test } from 'vitest';
import { estimateMs, listRepetitions, listUndone } from './schedule.ts';

const CASES = [{ fault: 'crash' }, { fault: 'freeze' }];
const nameCase = ({ fault }: { fault: string }) => fault;
const describe = (repetitions: readonly { fault: string; repetition: number }[]) =>
  repetitions.map(({ fault, repetition }) => `${fault} ${repetition}`);

test('every case comes once before any comes again', () => {
  expect(describe(listRepetitions(CASES, 2))).toEqual(['crash 1', 'freeze 1', 'crash 2', 'freeze 2']);
});

test('an interrupted run goes on with what is left, also when more repetitions are wanted', () => {
  const once = listRepetitions(CASES, 1);
  const wanted = listRepetitions(CASES, 2);
  expect(describe(listUndone(wanted, once.slice(0, 1), nameCase))).toEqual([
    'freeze 1',
    'crash 2',
    'freeze 2',
  ]);
  expect(listUndone(once, wanted, nameCase)).toEqual([]);
});

test('the time left is from what each case took, and the mean of all where one is new', () => {
  const took = [
    { fault: 'crash', tookMs: 10_000 },
    { fault: 'crash', tookMs: 30_000 },
  ];
  expect(estimateMs(CASES, took, nameCase)).toBe(40_000);
  expect(estimateMs(CASES, [], nameCase)).toBe(0);
});
