import { LABELS, type Side, TIER_NAMES } from '../api/labels.ts';
import type { ServiceObject } from '../kube/caches.ts';
import { qualify, type TierKind, tierPrefix, workloadName } from '../topology/names.ts';

/** One shard of a tier, by its active Service. */
export interface ShardRef {
  /** `<namespace>/<name>` of the Service. */
  key: string;
  namespace: string;
  service: string;
  kind: TierKind;
  tier: string;
  shard: number;
  /** `<namespace>/<name>` of the media workload of each side. */
  workloads: Readonly<Record<Side, string>>;
}

/** Undefined where the Service is not a shard's active one. */
export function readShardRef({ metadata, spec }: ServiceObject): ShardRef | undefined {
  const { namespace = '', name, labels = {} } = metadata;
  const kind = KINDS.find((each) => TIER_NAMES[each] === labels[LABELS.name]);
  const tier = labels[LABELS.instance];
  const number = labels[LABELS.shard];
  // A side's own Service carries its side as a label too.
  const isActive = labels[LABELS.side] === undefined && spec?.selector?.[LABELS.side] !== undefined;
  if (kind === undefined || tier === undefined || number === undefined || !isActive) return undefined;
  const shard = Number(number);
  const workload = (side: Side) => qualify(namespace, workloadName(tierPrefix(kind, tier), shard, side));
  const workloads = { primary: workload('primary'), backup: workload('backup') };
  return { key: qualify(namespace, name), namespace, service: name, kind, tier, shard, workloads };
}

const KINDS = ['CameraFactory', 'MasterRelay'] as const;
