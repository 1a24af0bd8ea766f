import { describe, expect, it } from 'vitest';
import type { PlacementPlan, WaitingReason } from '../topology/placement/pool.ts';
import { judgeCapacity } from './capacity-available.ts';

function build(waiting: WaitingReason[], hasStandby = true, stranded: string[] = []): PlacementPlan {
  return {
    placements: new Map(),
    waiting: waiting.map((reason, index) => ({ key: `compressed/yard/dock/gate/p${index}`, reason })),
    stranded,
    exposed: [],
    use: { slots: 8, usedSlots: 7, cores: 4, usedCores: 3.9, hasStandby },
  };
}

describe('CapacityAvailable', () => {
  it.each([
    { reason: 'RoomLeft', status: 'True', plan: build([]) },
    { reason: 'StandbyUsed', status: 'False', plan: build([], false) },
    { reason: 'NoRoom', status: 'False', plan: build(['NoRoom', 'NoHardware'], false) },
    { reason: 'NoWorker', status: 'False', plan: build(['NoWorker']) },
    { reason: 'NoRoom', status: 'False', plan: build([], true, ['compressed/yard/dock/gate/web']) },
  ])('is $status for $reason', ({ plan, reason, status }) => {
    expect(judgeCapacity(plan, 'Automatic')).toMatchObject({ reason, status });
  });

  it('names who waits first, how many do, and what to do', () => {
    const { message } = judgeCapacity(build(Array.from({ length: 7 }, () => 'NoRoom')), 'Automatic');
    expect(message).toContain('7 (compressed/yard/dock/gate/p0');
    expect(message).toContain('and 2 more');
    expect(message).toContain('spec.autoscaling.maxReplicas');
    expect(judgeCapacity(build(['NoRoom']), 'Manual').message).toContain('spec.replicas');
  });
});
