import type { Autoscaling } from '../api/autoscaling.ts';
import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { PlacementPlan, WaitingReason } from '../topology/placement/pool.ts';
import { type ConditionWord, nameSome } from './condition-word.ts';

const WAITING: Readonly<Record<WaitingReason, { reason: string; why: string; remedy: string }>> = {
  NoWorker: {
    reason: REASONS.noWorker,
    why: 'no worker is ready',
    remedy: 'if this lasts, kubectl describe its pods',
  },
  NoRoom: {
    reason: REASONS.noRoom,
    why: 'no worker has room beside what is kept for the loss of one',
    remedy: 'have more workers, or raise spec.renditionsPerWorker or what each worker asks for',
  },
  NoHardware: {
    reason: REASONS.noHardware,
    why: 'no worker has the hardware',
    remedy: 'let the pool have it (spec.hardware), or have the profile encode on the CPU',
  },
};

const MORE_WORKERS: Readonly<Record<Autoscaling['mode'], string>> = {
  Automatic: 'the autoscaler goes up to spec.autoscaling.maxReplicas, which may be raised',
  Manual: 'spec.replicas says how many workers there are',
};

/** CapacityAvailable: nothing waits for a worker, and the loss of one can be made good. */
export function judgeCapacity(
  { waiting, stranded, use }: PlacementPlan,
  mode: Autoscaling['mode'],
): ConditionWord {
  const type = CONDITIONS.capacityAvailable;
  const [first] = waiting;
  if (first !== undefined) {
    const { reason, why, remedy } = WAITING[first.reason];
    const message = `Renditions that wait: ${waiting.length} (${nameSome(waiting.map(({ key }) => key))}), since ${why}; ${remedy}; ${MORE_WORKERS[mode]}`;
    return { type, status: 'False', reason, message };
  }
  if (stranded.length > 0) {
    const message = `Renditions that are to leave their worker: ${stranded.length} (${nameSome(stranded)}), and ${WAITING.NoRoom.why}; ${WAITING.NoRoom.remedy}; ${MORE_WORKERS[mode]}`;
    return { type, status: 'False', reason: REASONS.noRoom, message };
  }
  if (!use.hasStandby) {
    const message = `Less is free, in slots (${use.usedSlots} of ${use.slots} are used) or in cores, than spec.standbyPercent keeps for the loss of a worker; have more workers, or raise what each asks for; ${MORE_WORKERS[mode]}`;
    return { type, status: 'False', reason: REASONS.standbyUsed, message };
  }
  return { type, status: 'True', reason: REASONS.roomLeft, message: 'No rendition waits for a worker' };
}
