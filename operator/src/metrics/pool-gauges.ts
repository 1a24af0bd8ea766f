import type { OperatorMetrics } from './operator-metrics.ts';

/** As much of a CompressorPool as is shown. */
export interface ShownPool {
  metadata: { namespace?: string; name: string };
  status?: {
    replicas?: number | undefined;
    slots?: number | undefined;
    assigned?: number | undefined;
    waiting?: number | undefined;
    standbyLeft?: number | undefined;
  };
}

/** Shows the pools as their statuses have them: the same on every replica, and nothing of pools that are gone. */
export function showPools(metrics: OperatorMetrics, pools: readonly ShownPool[]): void {
  const gauges = [
    [metrics.poolWorkers, 'replicas'],
    [metrics.poolSlots, 'slots'],
    [metrics.poolAssigned, 'assigned'],
    [metrics.poolWaiting, 'waiting'],
    [metrics.poolStandbyLeft, 'standbyLeft'],
  ] as const;
  for (const [gauge, field] of gauges) {
    gauge.reset();
    for (const { metadata, status } of pools) {
      const labels = { namespace: metadata.namespace ?? '', pool: metadata.name };
      if (status?.[field] !== undefined) gauge.set(labels, status[field]);
    }
  }
}
