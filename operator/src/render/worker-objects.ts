import { PORTS } from '@cupola/protocol';
import { LABELS } from '../api/labels.ts';
import { hardwareResource } from '../topology/hardware-offer.ts';
import { workerName } from '../topology/names.ts';
import type { Pool } from '../topology/tiers.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier, PodSettings } from './media-tier.ts';
import { renderPodDeployment } from './pod-deployment.ts';
import { listProtocolPorts } from './service-ports.ts';

/** One worker of a pool, by its number. */
export interface WorkerPlace {
  pool: Pool;
  tier: MediaTier;
  index: number;
}

/**
 * A Deployment of one replica for each worker: each has its own plan and name, and which of them goes when the pool
 * shrinks is decided by what it encodes.
 */
export function renderWorkerDeployment(place: WorkerPlace, settings: PodSettings): DesiredObject {
  const { pool, tier, index } = place;
  const { hardware } = pool.spec;
  const pod = {
    tier,
    workload: workerName(tier.prefix, index),
    siblings: labelTier(tier.kind, tier.name),
    ...(hardware && { device: hardwareResource(hardware) }),
  };
  return renderPodDeployment(pod, labelWorker(place), { port: PORTS.webrtcMedia, hosts: [] }, settings);
}

/** Hidden while its pod is unready it would help nobody: who asks for this worker wants no other. */
export function renderWorkerService({ tier, ...place }: WorkerPlace): DesiredObject {
  const name = workerName(tier.prefix, place.index);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: describeOwned(tier, name, labelWorker({ tier, ...place })),
    spec: {
      type: 'ClusterIP',
      selector: { [LABELS.workload]: name },
      publishNotReadyAddresses: true,
      ports: listProtocolPorts(tier),
    },
  };
}

export function labelWorker({ tier, index }: WorkerPlace): Record<string, string> {
  return { ...labelTier(tier.kind, tier.name), [LABELS.worker]: String(index) };
}
