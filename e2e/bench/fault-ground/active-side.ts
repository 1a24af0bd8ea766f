import { randomUUID } from 'node:crypto';
import { ANNOTATIONS, LABELS, type Side } from '../../../operator/src/api/labels.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import type { Kubectl, KubeObject } from '../../stage/kubectl.ts';

/** A shard of a tier: the object that a person annotates, and the Service of its active side. */
export interface Switchable {
  readonly namespace: string;
  /** `<plural>.<group>/<name>`. */
  readonly object: string;
  readonly service: string;
}

type ActiveService = KubeObject & { readonly spec: { readonly selector: Readonly<Record<string, string>> } };

/** Makes a side the active one, as a person would; resolves when its Service leads there. Nothing is asked for if it does. */
export async function switchSide(kubectl: Kubectl, shard: Switchable, side: Side): Promise<void> {
  const services = `/api/v1/namespaces/${shard.namespace}/services`;
  const now = await kubectl.get<ActiveService>(`${services}/${shard.service}`);
  if (now.spec.selector[LABELS.side] === side) return;
  const annotations = { [ANNOTATIONS.switchTo]: `${side}/${randomUUID().slice(0, 8)}` };
  await kubectl.patch(shard.namespace, shard.object, { metadata: { annotations } });
  await kubectl.until<ActiveService, boolean>(
    `the active Service leads to the ${side} side`,
    `${services}?fieldSelector=metadata.name%3D${shard.service}`,
    ([service]) => service?.spec.selector[LABELS.side] === side,
    BUDGETS.healed,
  );
}
