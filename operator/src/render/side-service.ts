import { LABELS } from '../api/labels.ts';
import { workloadName } from '../topology/names.ts';
import type { ObservedSide } from '../topology/observed-shard.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { SidePlace } from './media-tier.ts';
import { exposeService } from './service-exposure.ts';
import { listProtocolPorts, mediaServicePort } from './service-ports.ts';
import { findMediaNodePort, hasWebrtc } from './webrtc-media.ts';

/**
 * The Service of one side: for cameras that push to both, for the tiers after it, and for WebRTC's media.
 * Who asks for this very side is not helped by having it hidden while its pod is unready, so it is not.
 */
export function renderSideService({ tier, shard, side }: SidePlace, observed: ObservedSide): DesiredObject {
  const labels = labelTier(tier.kind, tier.name, shard, side);
  const name = workloadName(tier.prefix, shard, side);
  const media = hasWebrtc(tier) ? [mediaServicePort(findMediaNodePort(tier, observed))] : [];
  return exposeService(tier, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: describeOwned(tier, name, labels),
    spec: {
      selector: { [LABELS.workload]: name },
      publishNotReadyAddresses: true,
      ports: [...listProtocolPorts(tier), ...media],
    },
  });
}
