import { workloadName } from '../topology/names.ts';
import type { ObservedSide } from '../topology/observed-shard.ts';
import { type DesiredObject, labelTier } from './desired-object.ts';
import type { PodSettings, SidePlace } from './media-tier.ts';
import { renderPodDeployment } from './pod-deployment.ts';
import { findMediaPort, listMediaHosts } from './webrtc-media.ts';

/**
 * One side of a shard. Undefined while the port of its WebRTC media is not yet known.
 */
export function renderMediaDeployment(
  place: SidePlace,
  observed: ObservedSide,
  settings: PodSettings,
): DesiredObject | undefined {
  const mediaPort = findMediaPort(place.tier, observed);
  if (mediaPort === undefined) return undefined;
  const { tier, shard, side } = place;
  const media = { port: mediaPort, hosts: listMediaHosts(tier, observed) };
  const siblings = labelTier(tier.kind, tier.name, shard);
  const pod = { tier, workload: workloadName(tier.prefix, shard, side), siblings };
  return renderPodDeployment(pod, labelTier(tier.kind, tier.name, shard, side), media, settings);
}
