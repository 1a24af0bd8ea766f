import { LABELS } from '../api/labels.ts';
import { activeServiceName } from '../topology/names.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';
import { exposeService } from './service-exposure.ts';
import { listProtocolPorts } from './service-ports.ts';

/**
 * The Service that leads to the side in charge. Which one that is, is the selector's word alone: it is read
 * back from the live Service and written only as long as the Service has not changed since
 * (`resourceVersion`), so that no rendering ever undoes a switch.
 */
export function renderActiveService(tier: MediaTier, shard: number, observed: ObservedShard): DesiredObject {
  const labels = labelTier(tier.kind, tier.name, shard);
  const metadata = describeOwned(tier, activeServiceName(tier.prefix, shard), labels);
  if (observed.serviceVersion !== undefined) metadata.resourceVersion = observed.serviceVersion;
  return exposeService(tier, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      selector: { ...labels, [LABELS.side]: observed.activeSide },
      ports: listProtocolPorts(tier),
    },
  });
}
