import { PORTS } from '@cupola/protocol';
import type { ObservedSide } from '../topology/observed-shard.ts';
import { WEBRTC_MEDIA } from '../topology/protocol-ports.ts';
import type { MediaTier } from './media-tier.ts';

export function hasWebrtc(tier: MediaTier): boolean {
  return tier.protocols.includes('WebRTC');
}

/** The node port that the API server gave to a side's WebRTC media, where viewers come by node ports. */
export function findMediaNodePort(tier: MediaTier, side: ObservedSide): number | undefined {
  return tier.exposure.type === 'NodePort' ? side.service?.nodePorts[WEBRTC_MEDIA] : undefined;
}

/**
 * The UDP port that a side's pods listen on and announce. Undefined until the API server has given the node
 * port: a pod made before would be made again at once. What runs already keeps its port until then.
 */
export function findMediaPort(tier: MediaTier, side: ObservedSide): number | undefined {
  if (!hasWebrtc(tier) || tier.exposure.type !== 'NodePort') return PORTS.webrtcMedia;
  return findMediaNodePort(tier, side) ?? side.deployment?.mediaPort;
}

/** What a side's pods announce beside their own address. */
export function listMediaHosts(tier: MediaTier, side: ObservedSide): string[] {
  if (!hasWebrtc(tier) || tier.exposure.type === 'ClusterIP') return [];
  const ingress = tier.exposure.type === 'LoadBalancer' ? side.service?.ingress : undefined;
  return [...new Set([tier.exposure.host, ingress].filter((host) => host !== undefined))];
}
