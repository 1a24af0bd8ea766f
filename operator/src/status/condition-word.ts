import type { Condition } from '../api/condition.ts';

/** What is said of an object, before it is known when that was last otherwise. */
export type ConditionWord = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * The words as conditions. `lastTransitionTime` moves with `status` alone, so that saying the same again is no
 * change.
 */
export function stampConditions(
  words: readonly ConditionWord[],
  previous: readonly Condition[] | undefined,
  generation: number,
  nowMs: number,
): Condition[] {
  return words.map((word) => {
    const before = previous?.find((condition) => condition.type === word.type);
    const lastTransitionTime = before?.status === word.status ? before.lastTransitionTime : formatTime(nowMs);
    return { ...word, lastTransitionTime, observedGeneration: generation };
  });
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

/** Whole seconds, as metav1.Time is written. */
function formatTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** So that a message stays readable: of many names the first few. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
