import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Upgrade } from '../api/upgrade.ts';
import { countBefore, listAdmitted, renewUpgrade, type UpgradeClaim } from './upgrade-queue.ts';

const COUNT = 8;
const limits = fc.integer({ min: 1, max: 4 });
/** What happens to one of them: its template changes, its new pods come up, or its standby comes to lack something. */
const edits = fc.array(
  fc.record({
    at: fc.nat(COUNT - 1),
    what: fc.constantFrom('change' as const, 'finish' as const, 'lack' as const, 'look' as const),
  }),
  { maxLength: 80 },
);

interface Shard {
  isOutdated: boolean;
  isLacking: boolean;
  upgrade: Upgrade | undefined;
}

/** Statuses of several shards, and the operator looking at one of them at a time. */
class Fleet {
  readonly shards: Shard[] = Array.from({ length: COUNT }, () => {
    return { isOutdated: false, isLacking: false, upgrade: undefined };
  });
  readonly #limit: number;
  #nowMs = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get claims(): UpgradeClaim[] {
    return this.shards.flatMap(({ upgrade }, at) => (upgrade ? [{ id: String(at), upgrade }] : []));
  }

  isRolling(at: number): boolean {
    return this.shards[at]!.upgrade?.state === 'Rolling';
  }

  /** Returns whether its turn has come. */
  look(at: number): boolean {
    const shard = this.shards[at]!;
    const { isOutdated, isLacking } = shard;
    this.#nowMs += 1;
    const need = { isWanted: isOutdated, isUnfinished: isOutdated, isLacking };
    shard.upgrade = renewUpgrade(shard.upgrade, need, this.#nowMs);
    const isAdmitted = listAdmitted(this.claims, this.#limit).some(({ id }) => id === String(at));
    if (isAdmitted) {
      const since = new Date(this.#nowMs).toISOString();
      shard.upgrade = { ...shard.upgrade!, state: 'Rolling', since };
    }
    return isAdmitted;
  }

  act({ at, what }: { at: number; what: 'change' | 'finish' | 'lack' | 'look' }): void {
    const shard = this.shards[at]!;
    if (what === 'change') shard.isOutdated = true;
    if (what === 'finish' && this.isRolling(at)) shard.isOutdated = false;
    if (what === 'lack') shard.isLacking = !shard.isLacking;
  }
}

describe('upgrades, through any sequence of changes, ends and looks', () => {
  it('are never more at once than they may be, and a place goes to who has waited longest', () => {
    fc.assert(
      fc.property(limits, edits, (limit, sequence) => {
        const fleet = new Fleet(limit);
        for (const edit of sequence) {
          fleet.act(edit);
          const before = fleet.claims.filter(({ upgrade }) => upgrade.state === 'Waiting');
          const own = before.find(({ id }) => id === String(edit.at));
          const free = limit - fleet.claims.length + before.length;
          const hasBegun = fleet.look(edit.at);
          if (hasBegun && own !== undefined) expect(countBefore(before, own)).toBeLessThan(free);
          expect(fleet.shards.filter((_, at) => fleet.isRolling(at)).length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('come to each that waits, however often others change again, as long as those that go on end', () => {
    fc.assert(
      fc.property(limits, fc.nat(COUNT - 1), edits, (limit, patient, sequence) => {
        const fleet = new Fleet(limit);
        for (const edit of sequence) {
          fleet.act(edit);
          fleet.look(edit.at);
        }
        fleet.shards[patient]!.isOutdated = true;
        for (let round = 0; round < COUNT + 1 && !fleet.isRolling(patient); round++) {
          for (const [at] of fleet.shards.entries()) {
            if (at === patient) continue;
            fleet.act({ at, what: 'finish' });
            fleet.look(at);
            fleet.act({ at, what: 'change' });
          }
          for (const [at] of fleet.shards.entries()) fleet.look(at);
        }
        expect(fleet.isRolling(patient)).toBe(true);
      }),
    );
  });
});

describe('a place', () => {
  const rolling: Upgrade = { state: 'Rolling', since: '2026-01-01T00:00:00.000Z' };
  const heldUp = { isWanted: false, isUnfinished: true, isLacking: true, isHeldUp: true };

  it('is kept by one whose new pods lack what the old ones had, and not by one that has lacked it before', () => {
    expect(renewUpgrade(rolling, heldUp, 0)).toEqual(rolling);
    expect(renewUpgrade({ ...rolling, lacking: true }, heldUp, 0)).toBeUndefined();
    const waiting = renewUpgrade(undefined, { isWanted: true, isUnfinished: true, isLacking: true }, 0);
    expect(waiting).toEqual({ state: 'Waiting', since: '1970-01-01T00:00:00.000Z', lacking: true });
  });
});
