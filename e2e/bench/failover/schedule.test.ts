import { expect, test } from 'vitest';
import { OPERATOR_STATES, TIERS } from './sample.ts';
import { FAULT_NAMES, listCases, nameCase } from './schedule.ts';

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
