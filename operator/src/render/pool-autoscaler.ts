import { API_VERSION } from '../api/labels.ts';
import { tierPrefix } from '../topology/names.ts';
import type { Pool } from '../topology/tiers.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';

/**
 * The HorizontalPodAutoscaler that writes `spec.replicas` of a pool; undefined where a person writes it. Nobody else
 * does, the operator neither: a GitOps tool leaves the field out of its manifest.
 *
 * `minimum`: what renditions need at least, within the pool's own bounds.
 */
export function renderPoolAutoscaler(pool: Pool, minimum: number): DesiredObject | undefined {
  const { mode, maxReplicas, cpuPercent, memoryPercent, behavior } = pool.spec.autoscaling;
  if (mode === 'Manual') return undefined;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: describeOwned(
      { ...pool, kind: 'CompressorPool' },
      tierPrefix('CompressorPool', pool.name),
      labelTier('CompressorPool', pool.name),
    ),
    spec: {
      scaleTargetRef: { apiVersion: API_VERSION, kind: 'CompressorPool', name: pool.name },
      minReplicas: minimum,
      maxReplicas,
      metrics: [measure('cpu', cpuPercent), measure('memory', memoryPercent)],
      ...(behavior && { behavior }),
    },
  };
}

/** Of all containers of a worker's pod, in percent of what they ask for. */
function measure(name: 'cpu' | 'memory', averageUtilization: number): object {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

/** What `status.selector` says: the pods of all workers, those that leave among them, as `status.replicas` counts. */
export function describeSelector(pool: Pool): string {
  const labels = Object.entries(labelTier('CompressorPool', pool.name));
  return labels.map(([key, value]) => `${key}=${value}`).join(',');
}
