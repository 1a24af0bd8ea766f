import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { RenditionStatus } from '../api/site.ts';
import { type ConditionWord, nameSome } from './condition-word.ts';

/** A rendition under the name that a person knows it by: camera/profile. */
export interface NamedRendition {
  name: string;
  rendition: RenditionStatus;
}

const FAULTS = [
  { state: 'Stalled', reason: REASONS.renditionsStalled, what: 'Cannot be encoded' },
  { state: 'Waiting', reason: REASONS.renditionsWaiting, what: 'Waiting for a worker' },
  { state: 'Starting', reason: REASONS.renditionsStarting, what: 'About to be encoded' },
] as const;

/** Encoding: every rendition is served whose camera sends. Undefined where there are none. */
export function judgeEncoding(renditions: readonly NamedRendition[]): ConditionWord | undefined {
  const type = CONDITIONS.encoding;
  if (renditions.length === 0) return undefined;
  for (const { state, reason, what } of FAULTS) {
    const those = renditions.filter(({ rendition }) => rendition.state === state);
    const [first] = those;
    if (first === undefined) continue;
    const why = first.rendition.message === undefined ? '' : `; ${first.name}: ${first.rendition.message}`;
    const message = `${what}: ${nameSome(those.map(({ name }) => name))}${why}`;
    return { type, status: 'False', reason, message };
  }
  const message = 'Every rendition is served whose camera sends';
  return { type, status: 'True', reason: REASONS.allEncoded, message };
}
