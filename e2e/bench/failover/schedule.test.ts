import { expect, test } from 'vitest';
import { OPERATOR_STATES, TIERS } from './sample.ts';
import { estimateMs, FAULT_NAMES, listCases, listRepetitions, listUndone, nameCase } from './schedule.ts';

const EVERYTHING = { tiers: TIERS, faults: FAULT_NAMES, operators: OPERATOR_STATES };
const ALL = listCases(['cupola'], EVERYTHING);

test('every fault is tried where it makes sense, and nowhere else', () => {
  const names = ALL.map(nameCase);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('cupola: factory crash (operator all-down)');
  expect(names).toContain('cupola: relay power-cut (operator leader-down)');
  expect(names).not.toContain('cupola: relay crash (operator all-down)');
  expect(names).not.toContain('cupola: factory upgrade (operator all-down)');
  expect(names).not.toContain('cupola: relay lossy-push');
});

test('systems without an operator are tried once, and not with what only an operator does', () => {
  const names = listCases(['plain', 'haproxy'], EVERYTHING).map(nameCase);
  expect(names).toContain('plain, haproxy: relay crash');
  expect(names.filter((name) => /operator|switchover|failback/.test(name))).toEqual([]);
});

test('every case comes once before any comes again', () => {
  const order = listRepetitions(ALL.slice(0, 2), 2).map(({ fault, repetition }) => `${fault} ${repetition}`);
  expect(order).toEqual(['crash 1', 'freeze 1', 'crash 2', 'freeze 2']);
});

test('an interrupted run goes on with what is left, also when more repetitions are wanted', () => {
  const [crash, freeze] = listRepetitions(ALL.slice(0, 2), 1);
  const wanted = listRepetitions(ALL.slice(0, 2), 2);
  expect(listUndone(wanted, [crash!]).map(({ fault, repetition }) => `${fault} ${repetition}`)).toEqual([
    'freeze 1',
    'crash 2',
    'freeze 2',
  ]);
  expect(listUndone([crash!, freeze!], wanted)).toEqual([]);
});

test('the time left is from what each case took, and the mean of all where one is new', () => {
  const [crash, freeze] = ALL;
  const took = [
    { ...crash!, tookMs: 10_000 },
    { ...crash!, tookMs: 30_000 },
  ];
  expect(estimateMs([crash!, freeze!], took)).toBe(40_000);
  expect(estimateMs([crash!], [])).toBe(0);
});
