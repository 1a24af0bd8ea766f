/** What both kinds of tier are rendered from, and to. */
import type { CredentialSecrets } from '../topology/basic-auth.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { Problem } from '../topology/problem.ts';
import type { DesiredObject } from './desired-object.ts';
import type { PodSettings } from './media-tier.ts';
import type { PlanWriting } from './plan-secret.ts';
import type { ReaderKeys } from './tier-reader.ts';

export interface TierSurroundings {
  secrets: CredentialSecrets;
  readerKeys: ReaderKeys;
  settings: PodSettings;
  planWriting: PlanWriting;
  observeShard(shard: number): ObservedShard;
}

export interface TierRendering {
  /** In the order in which they are to be applied: what a pod needs comes before its Deployment. */
  objects: DesiredObject[];
  /** The streams that each shard's plan carries. */
  streams: number[];
  /** Those that the tier's own manifest is to blame for. */
  problems: Problem[];
}
