import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitItems, type Shortening } from './fit-items.ts';

interface Item {
  id: number;
  long?: string;
  short?: string;
}

const SHORTENINGS: readonly Shortening<Item>[] = [
  ({ long: _, ...item }) => item,
  ({ short: _, ...item }) => item,
  () => undefined,
];

const items = fc
  .array(fc.record({ long: fc.string({ maxLength: 80 }), short: fc.string({ maxLength: 20 }) }), {
    maxLength: 30,
  })
  .map((list): Item[] => list.map((item, id) => ({ id, ...item })));

/** As Go's encoding/json writes it. */
function encode(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, '\\u0026');
}

describe('items that are to fit', () => {
  it('are never more than there is room for, and are whole where there is room for all', () => {
    fc.assert(
      fc.property(items, fc.nat({ max: 4_000 }), (list, room) => {
        const { items: fitted, shortened } = fitItems(list, room, SHORTENINGS);
        expect(fitted.length === 0 || Buffer.byteLength(encode(fitted)) <= room + 1).toBe(true);
        const isRoom = Buffer.byteLength(encode(list)) <= room;
        if (isRoom) expect(fitted).toEqual(list);
        expect(shortened > 0).toBe(
          fitted.length < list.length || fitted.some((item, at) => item !== list[at]),
        );
      }),
    );
  });

  it('lose from the last one on, and none loses more before all have lost as much', () => {
    fc.assert(
      fc.property(items, fc.nat({ max: 4_000 }), (list, room) => {
        const { items: fitted } = fitItems(list, room, SHORTENINGS);
        expect(fitted.map(({ id }) => id)).toEqual(fitted.map((_, at) => at));
        const losses = list.map((_, at) => {
          const item = fitted[at];
          return item === undefined ? 3 : item.short === undefined ? 2 : item.long === undefined ? 1 : 0;
        });
        expect(losses).toEqual(losses.toSorted());
        expect((losses.at(-1) ?? 0) - (losses[0] ?? 0)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('lose nothing by one more behind them that fits when it is shortened once', () => {
    fc.assert(
      fc.property(items, fc.string({ maxLength: 80 }), (list, long) => {
        const room = Buffer.byteLength(encode([...list, { id: list.length }]));
        const { items: fitted } = fitItems([...list, { id: list.length, long }], room, SHORTENINGS);
        expect(fitted).toEqual([...list, { id: list.length }]);
      }),
    );
  });
});
