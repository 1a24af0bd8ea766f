import { expect, test } from 'vitest';
import { OPERATOR_STATES } from './sample.ts';
import { FAULT_NAMES, listCases, nameCase } from './schedule.ts';

test('a fault that needs somebody who moves renditions is tried with the operator alone', () => {
  expect(listCases(FAULT_NAMES, OPERATOR_STATES).map(nameCase)).toEqual([
    ...['crash', 'freeze', 'power-cut', 'scale-in', 'drain', 'upgrade'],
    ...['crash (operator all-down)', 'freeze (operator all-down)', 'power-cut (operator all-down)'],
  ]);
});

test('what is chosen is tried and nothing else', () => {
  expect(listCases(['drain', 'freeze'], ['all-down']).map(nameCase)).toEqual(['freeze (operator all-down)']);
});
