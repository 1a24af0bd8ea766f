import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SizedWorker, sizePool } from './size-pool.ts';

function build(index: number, changes: Partial<SizedWorker> = {}): SizedWorker {
  return { index, isReady: true, isLeaving: false, isCordoned: false, renditions: 3, standby: 0, ...changes };
}

describe('sizePool', () => {
  it('makes what is missing, with the lowest free numbers', () => {
    expect(sizePool([build(1), build(3)], 5)).toEqual({ staying: [0, 1, 2, 3, 4], leaving: [], removed: [] });
  });

  it('lets the emptiest go, and removes it when nothing is left on it', () => {
    const [a, b, c] = [build(0, { renditions: 2 }), build(1, { renditions: 5 }), build(2)];
    expect(sizePool([a, b, c], 2)).toEqual({ staying: [1, 2], leaving: [0], removed: [] });
    const moved = { ...a, isLeaving: true, renditions: 0 };
    expect(sizePool([moved, b, c], 2)).toEqual({ staying: [1, 2], leaving: [], removed: [0] });
  });

  it('prefers to lose one that is not ready, or whose node is cordoned', () => {
    expect(sizePool([build(0, { isReady: false, renditions: 9 }), build(1)], 1).leaving).toEqual([0]);
    expect(sizePool([build(0, { isCordoned: true, renditions: 9 }), build(1)], 1).leaving).toEqual([0]);
  });

  it('leaves what stays on as many nodes as there are', () => {
    const [a, b] = [build(0, { node: 'one' }), build(1, { node: 'one' })];
    const alone = build(2, { node: 'two', renditions: 0 });
    expect(sizePool([a, b, alone], 2)).toEqual({ staying: [0, 2], leaving: [1], removed: [] });
    expect(sizePool([a, b, alone], 1).staying).toEqual([0]);
    expect(sizePool([{ ...alone, isCordoned: true }, a, b], 2).staying).toEqual([0, 1]);
  });

  it('lets all go at once where none is wanted', () => {
    expect(sizePool([build(0), build(1)], 0)).toEqual({ staying: [], leaving: [], removed: [0, 1] });
  });

  it('stays with whom it chose, though another is emptier by now', () => {
    const chosen = build(0, { isLeaving: true, renditions: 4 });
    expect(sizePool([chosen, build(1, { renditions: 1 })], 1).leaving).toEqual([0]);
  });

  it('brings back who has most before it makes a new one', () => {
    const leaving = [build(1, { isLeaving: true, renditions: 1 }), build(2, { isLeaving: true })];
    expect(sizePool([build(0), ...leaving], 2)).toEqual({ staying: [0, 2], leaving: [1], removed: [] });
  });

  it('lists each worker once, and as many as are wanted', () => {
    const worker = fc.record({
      index: fc.nat(40),
      isReady: fc.boolean(),
      isLeaving: fc.boolean(),
      isCordoned: fc.boolean(),
      node: fc.constantFrom(undefined, 'one', 'two'),
      renditions: fc.nat(3),
      standby: fc.nat(3),
    });
    const workers = fc.uniqueArray(worker, { selector: ({ index }) => index });
    fc.assert(
      fc.property(workers, fc.nat(30), (list, replicas) => {
        const { staying, leaving, removed } = sizePool(list, replicas);
        expect(staying).toHaveLength(replicas);
        const all = [...staying, ...leaving, ...removed];
        expect(new Set(all).size).toBe(all.length);
        for (const { index } of list) expect(all).toContain(index);
      }),
    );
  });
});
