import { expect, test } from 'vitest';
import { parseCores } from './cpu-quantity.ts';

test.each([
  ['2', 2],
  ['0', 0],
  ['250m', 0.25],
  ['1500u', 0.0015],
  ['123456789n', 0.123456789],
])('%s is %d cores', (quantity, cores) => {
  expect(parseCores(quantity)).toBeCloseTo(cores, 9);
});
