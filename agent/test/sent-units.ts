/** What is wrong with units in a row that went out. */
import type { SentUnit } from './merging.ts';

/** Identities of one encoder's units begin at a multiple of this. */
export const ENCODER = 1_000_000;

/** Two units in a row of one encoder that are not in order, or whose timestamps are not. */
export function findFault(sent: readonly SentUnit[]): readonly [SentUnit, SentUnit] | undefined {
  return findPair(sent, (before, now) => {
    if (now.ticks <= before.ticks) return true;
    return encoderOf(now) === encoderOf(before) && now.unit.identity <= before.unit.identity;
  });
}

/** As `findFault`, but for a change that is marked: who goes on with another leg's last key frame may have shown it. */
export function findUnmarkedFault(sent: readonly SentUnit[]): readonly [SentUnit, SentUnit] | undefined {
  return findPair(sent, (before, now) => {
    if (now.ticks <= before.ticks) return true;
    const goesBack = encoderOf(now) === encoderOf(before) && now.unit.identity <= before.unit.identity;
    return goesBack && !now.unit.isAfterSwitch;
  });
}

/** Two units in a row with something missing between them that a decoder cannot do without. */
export function findBadChange(sent: readonly SentUnit[]): readonly [SentUnit, SentUnit] | undefined {
  return findPair(sent, (before, now) => !now.unit.key && now.unit.identity !== before.unit.identity + 1);
}

function findPair(
  sent: readonly SentUnit[],
  isBad: (before: SentUnit, now: SentUnit) => boolean,
): readonly [SentUnit, SentUnit] | undefined {
  for (let at = 1; at < sent.length; at += 1) {
    const before = sent[at - 1];
    const now = sent[at];
    if (before !== undefined && now !== undefined && isBad(before, now)) return [before, now];
  }
  return undefined;
}

function encoderOf(sent: SentUnit): number {
  return Math.trunc(sent.unit.identity / ENCODER);
}
