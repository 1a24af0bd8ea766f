import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

it('lets so many through at a time, in order, and goes on after one that failed', async () => {
  const turnstile = new Turnstile(2);
  const order: string[] = [];
  let inside = 0;
  let most = 0;
  const task = async (name: string) => {
    most = Math.max(most, ++inside);
    order.push(name);
    await Promise.resolve();
    inside--;
    if (name === 'b') throw new Error('b');
  };
  const results = await Promise.allSettled(
    ['a', 'b', 'c', 'd', 'e'].map((name) => turnstile.pass(() => task(name))),
  );
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(most).toBe(2);
  expect(results.map((result) => result.status[0])).toEqual(['f', 'r', 'f', 'f', 'f']);
});
