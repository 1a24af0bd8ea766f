import { LABELS } from '../api/labels.ts';
import { workloadName } from '../topology/names.ts';
import type { ObservedSide } from '../topology/observed-shard.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import { renderMediaPod } from './media-pod.ts';
import type { PodSettings, SidePlace } from './media-tier.ts';
import { findMediaPort, listMediaHosts } from './webrtc-media.ts';

/**
 * One side of a shard. Nothing in it depends on the cameras: their coming and going is a matter of the plan,
 * and must never restart a pod. maxSurge 0: two pods of one side would both publish; a Deployment does not
 * wait for the old pod of a lost node, as a StatefulSet or `Recreate` would.
 *
 * Undefined while the port of its WebRTC media is not yet known.
 */
export function renderMediaDeployment(
  place: SidePlace,
  observed: ObservedSide,
  settings: PodSettings,
): DesiredObject | undefined {
  const mediaPort = findMediaPort(place.tier, observed);
  if (mediaPort === undefined) return undefined;
  const { tier, shard, side } = place;
  const workload = workloadName(tier.prefix, shard, side);
  const labels = { ...labelTier(tier.kind, tier.name, shard, side), [LABELS.workload]: workload };
  const metadata = describeOwned(tier, workload, labels);
  const media = { port: mediaPort, hosts: listMediaHosts(tier, observed) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 2,
      selector: { matchLabels: { [LABELS.workload]: workload } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels: metadata.labels },
        spec: renderMediaPod(place, media, settings),
      },
    },
  };
}
