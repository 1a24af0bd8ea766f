import { expect, it } from 'vitest';
import { judgeRedundant } from './redundant.ts';

it('is not redundant what no tier carries', () => {
  expect(judgeRedundant([])).toMatchObject({ type: 'Redundant', status: 'False', reason: 'SideNotReady' });
});
