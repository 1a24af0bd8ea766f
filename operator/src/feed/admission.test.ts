import { describe, expect, it } from 'vitest';
import { settle } from '../../test/fake-clock.ts';
import { Admission } from './admission.ts';

/** Work that the test ends by hand. */
function makeWork() {
  const ends: (() => void)[] = [];
  return { ends, work: () => new Promise<string>((resolve) => ends.push(() => resolve('done'))) };
}

describe('admission', () => {
  it('lets so many in at once, keeps so many waiting, and turns the rest away at once', async () => {
    const admission = new Admission({ concurrent: 2, waiting: 1, perAddress: 9 });
    const { ends, work } = makeWork();
    const results = ['a', 'b', 'c', 'd'].map((address) => admission.run(address, work));
    await settle();
    expect(ends).toHaveLength(2);
    expect(await results[3]).toBeUndefined();
    ends[0]?.();
    expect(await results[0]).toBe('done');
    await settle();
    expect(ends).toHaveLength(3);
  });

  it('turns away an address that asks too often, and no other', async () => {
    const admission = new Admission({ concurrent: 9, waiting: 9, perAddress: 2 });
    const { ends, work } = makeWork();
    const results = ['a', 'a', 'a', 'b'].map((address) => admission.run(address, work));
    expect(await results[2]).toBeUndefined();
    await settle();
    for (const end of ends) end();
    expect(await Promise.all(results)).toEqual(['done', 'done', undefined, 'done']);
  });

  it('gives a place back when the work fails', async () => {
    const admission = new Admission({ concurrent: 1, waiting: 0, perAddress: 1 });
    await expect(admission.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await admission.run('a', () => Promise.resolve('done'))).toBe('done');
  });
});
