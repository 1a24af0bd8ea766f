import { expect, it, vi } from 'vitest';
import { AddressMemory } from './address-memory.ts';

const one = [{ address: '10.0.0.1', family: 4 }];
const two = [{ address: '10.0.0.2', family: 4 }];

it('asks once for many, again after a second, and keeps the last answer while DNS is down', async () => {
  let nowMs = 0;
  const resolve = vi.fn(async () => one);
  const memory = new AddressMemory(() => nowMs, resolve);
  expect(await Promise.all([memory.find('a'), memory.find('a')])).toEqual([one, one]);
  nowMs = 999;
  expect(await memory.find('a')).toEqual(one);
  expect(resolve).toHaveBeenCalledTimes(1);
  nowMs = 1_000;
  resolve.mockResolvedValueOnce(two);
  expect(await memory.find('a')).toEqual(two);
  nowMs = 9_000;
  resolve.mockRejectedValueOnce(new Error('SERVFAIL'));
  expect(await memory.find('a')).toEqual(two);
  await expect(
    new AddressMemory(
      () => 0,
      () => Promise.reject(new Error('NXDOMAIN')),
    ).find('b'),
  ).rejects.toThrow();
});

it('does not wait for a resolver that is silent where an address is known', async () => {
  vi.useFakeTimers();
  let nowMs = 0;
  const resolve = vi.fn(async () => one);
  const memory = new AddressMemory(() => nowMs, resolve);
  await memory.find('a');
  nowMs = 5_000;
  resolve.mockReturnValueOnce(new Promise(() => undefined));
  const found = memory.find('a');
  await vi.advanceTimersByTimeAsync(500);
  expect(await found).toEqual(one);
  vi.useRealTimers();
});
