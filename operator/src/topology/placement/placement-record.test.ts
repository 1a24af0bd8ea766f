import { describe, expect, it } from 'vitest';
import { EMPTY_RECORD, formatPlacements, type PlacementRecord, parsePlacements } from './placement-record.ts';

const PREFIX = 'encoders-pool';
const record: PlacementRecord = {
  leaving: [3],
  renditions: new Map([
    [
      'compressed/yard/dock/gate/web',
      {
        sinceMs: 5,
        placement: { active: [`${PREFIX}-0`], leaving: [`${PREFIX}-3`], standby: `${PREFIX}-12` },
      },
    ],
    ['compressed/yard/dock/gate/small', { sinceMs: 7, waiting: 'NoRoom' }],
  ]),
};

describe('what a pool remembers', () => {
  it('is read as it was written, and written as it was read, in whatever order it came', () => {
    const text = formatPlacements(PREFIX, record);
    expect(parsePlacements(PREFIX, text)).toEqual(record);
    const turned = { ...record, renditions: new Map([...record.renditions].reverse()) };
    expect(formatPlacements(PREFIX, turned)).toBe(text);
  });

  it.each(['', '{', '[]', '{"leaving":[],"renditions":{"a":{"sinceMs":"now"}}}'])(
    'is nothing where somebody wrote %j',
    (text) => {
      expect(parsePlacements(PREFIX, text)).toEqual(EMPTY_RECORD);
    },
  );

  it('takes less than a Secret has for 200 workers at their limit', () => {
    const renditions = new Map(
      Array.from({ length: 200 * 8 }, (_, index) => {
        const path = `compressed/${'n'.repeat(63)}/${'s'.repeat(40)}/${'c'.repeat(63)}/${index}`;
        const placement = { active: [`${PREFIX}-198`], leaving: [], standby: `${PREFIX}-199` };
        return [path, { sinceMs: 1_700_000_000_000, placement }];
      }),
    );
    expect(formatPlacements(PREFIX, { leaving: [], renditions }).length).toBeLessThan(500_000);
  });
});
