import { ANNOTATIONS, LABELS, SWITCH_MANAGER } from '../api/labels.ts';
import { formatSwitchRecord, type SwitchRecord } from '../api/switch-record.ts';
import type { ServiceObject } from '../kube/caches.ts';
import type { KubeClient } from '../kube/client.ts';
import { RESOURCES, resourcePath } from '../kube/resource.ts';

/** Shorter than anybody waits for a switch; a late answer is found in the cache. */
const TIMEOUT_MS = 2_000;

/**
 * The one write of a switch: the side in the selector, and why, on the condition that the Service is the one that
 * was looked at. Of two replicas that decide the same, one is refused (409). Returns the Service as it is after it.
 */
export async function writeSwitch(
  client: KubeClient,
  service: ServiceObject,
  record: SwitchRecord,
  honoured: string | undefined,
): Promise<ServiceObject> {
  const annotations = {
    [ANNOTATIONS.lastSwitch]: formatSwitchRecord(record),
    ...(honoured === undefined ? {} : { [ANNOTATIONS.honoured]: honoured }),
  };
  return (await patchService(client, service, {
    metadata: { resourceVersion: service.metadata.resourceVersion, annotations },
    spec: { selector: { [LABELS.side]: record.to } },
  })) as ServiceObject;
}

/** Marks a request as honoured where the side that it asks for is active already. */
export async function writeHonoured(
  client: KubeClient,
  service: ServiceObject,
  honoured: string,
): Promise<ServiceObject> {
  const { resourceVersion } = service.metadata;
  return (await patchService(client, service, {
    metadata: { resourceVersion, annotations: { [ANNOTATIONS.honoured]: honoured } },
  })) as ServiceObject;
}

export async function readService(
  client: KubeClient,
  service: ServiceObject,
  timeoutMs = TIMEOUT_MS,
): Promise<ServiceObject> {
  return (await client.request('GET', pathOf(service), { timeoutMs })) as ServiceObject;
}

function patchService(client: KubeClient, service: ServiceObject, body: object): Promise<unknown> {
  return client.request('PATCH', pathOf(service), {
    query: { fieldManager: SWITCH_MANAGER },
    contentType: 'application/merge-patch+json',
    body,
    timeoutMs: TIMEOUT_MS,
  });
}

function pathOf({ metadata }: ServiceObject): string {
  return resourcePath(RESOURCES.Service, metadata.namespace, metadata.name);
}
