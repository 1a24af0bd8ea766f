import { LABELS } from '../api/labels.ts';
import { type DesiredObject, describeOwned } from './desired-object.ts';
import { renderMediaPod, type WebrtcMedia } from './media-pod.ts';
import type { PodPlace, PodSettings } from './media-tier.ts';

/**
 * The Deployment of one media pod. Nothing in it depends on the cameras: their coming and going is a matter of the
 * plan, and must never restart a pod. maxSurge 0: two pods of one workload would both publish; a Deployment does not
 * wait for the old pod of a lost node, as a StatefulSet or `Recreate` would.
 */
export function renderPodDeployment(
  place: PodPlace,
  ownLabels: Record<string, string>,
  media: WebrtcMedia,
  settings: PodSettings,
): DesiredObject {
  const { tier, workload } = place;
  const metadata = describeOwned(tier, workload, { ...ownLabels, [LABELS.workload]: workload });
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
