/** Evidence of a shard whose sides are well, with what a test is about changed. */
import { type Failover, failoverSchema } from '../src/api/failover.ts';
import type { AgentWord, ShardEvidence, SideEvidence } from '../src/failover/evidence.ts';

export type SideChanges = Partial<Omit<SideEvidence, 'agent' | 'pod'>> & {
  agent?: Partial<AgentWord> | 'never';
  pod?: Partial<NonNullable<SideEvidence['pod']>> | 'none';
};

/** At `nowMs` everything was heard just now. */
export function buildEvidence(
  nowMs: number,
  changes: Partial<Omit<ShardEvidence, 'sides' | 'failover'>> & {
    primary?: SideChanges;
    backup?: SideChanges;
    failover?: Partial<Failover>;
  } = {},
): ShardEvidence {
  const { primary, backup, failover, ...others } = changes;
  return {
    activeSide: 'primary',
    isUselessWithoutAgent: true,
    attentiveSinceMs: 0,
    ...others,
    failover: { ...failoverSchema.parse({}), ...failover },
    sides: { primary: buildSide(nowMs, primary), backup: buildSide(nowMs, backup) },
  };
}

function buildSide(nowMs: number, changes: SideChanges = {}): SideEvidence {
  const { agent = {}, pod = {}, ...others } = changes;
  const well: AgentWord = { isConnected: true, heardMs: nowMs, wellMs: nowMs, isMediamtxUp: true };
  return {
    online: new Set(['a', 'b']),
    isInMaintenance: false,
    ...others,
    ...(agent === 'never' ? {} : { agent: { ...well, ...agent } }),
    ...(pod === 'none' ? {} : { pod: { isReady: true, isLeaving: false, isNodeCordoned: false, ...pod } }),
  };
}
