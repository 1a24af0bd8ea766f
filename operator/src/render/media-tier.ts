/** What rendering needs to know of a tier, whichever its kind. */
import type { Exposure } from '../api/exposure.ts';
import type { Side } from '../api/labels.ts';
import type { Protocol, Resources } from '../api/media-tier.ts';
import type { MediaKind, TierKind } from '../topology/names.ts';
import { tierPrefix } from '../topology/names.ts';
import type { Factory, Relay } from '../topology/tiers.ts';
import type { Owner } from './desired-object.ts';

export interface MediaTier extends Owner {
  kind: MediaKind;
  prefix: string;
  protocols: readonly Protocol[];
  exposure: Exposure;
  resources: Resources;
  holdSeconds: number;
  drainSeconds: number;
}

/** One side of one shard of a tier. */
export interface SidePlace {
  tier: MediaTier;
  shard: number;
  side: Side;
}

/** A media pod, whatever it is one of. */
export interface PodPlace {
  tier: MediaTier;
  /** Its Deployment's name. */
  workload: string;
  /** Labels of the pods that it should not share a node with. */
  siblings: Record<string, string>;
  /** An extended resource of which the agent's container asks for one. */
  device?: string;
}

/** What is the same for every pod of the cluster. */
export interface PodSettings {
  agentImage: string;
  mediamtxImage: string;
  /** `wss://host:port` of the operator's feed. */
  feedUrl: string;
}

export function describeTier(kind: TierKind, { namespace, name, uid, spec }: Factory | Relay): MediaTier {
  const { protocols, exposure, resources, holdSeconds, drainSeconds } = spec;
  const named = { kind, namespace, name, uid, prefix: tierPrefix(kind, name) };
  return { ...named, protocols, exposure, resources, holdSeconds, drainSeconds };
}
