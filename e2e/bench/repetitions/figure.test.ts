import { expect, test } from 'vitest';
import { summarise } from './figure.ts';

test('p99 is told from 100 samples on', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(summarise(values.slice(1))).toEqual({ p50: 50, max: 99 });
  expect(summarise(values)).toEqual({ p50: 50, p99: 99, max: 100 });
});
