import type { Condition } from '../api/condition.ts';
import type { Camera, CameraStatus, RenditionStatus, SiteStatus } from '../api/site.ts';
import type { Endpoint } from '../topology/observed-shard.ts';
import type { Problem } from '../topology/problem.ts';
import { type CameraEvidence, judgeCamera } from './camera-state.ts';
import { type ConditionWord, stampConditions } from './condition-word.ts';
import { judgeEncoding, type NamedRendition } from './encoding.ts';
import { fitCameras } from './fit-cameras.ts';
import type { Pending } from './pending.ts';
import { judgeReady } from './ready.ts';
import { judgeReconciling } from './reconciling.ts';
import { judgeRedundant, type ShardOfTier } from './redundant.ts';
import { judgeRendition, type RenditionEvidence } from './rendition-state.ts';
import { listPendingShards } from './shard-status.ts';
import { judgeStalled } from './stalled.ts';
import { listPublishUrls, listStreamUrls } from './stream-urls.ts';

/** One rendition of a camera, as its pool and the tiers have it. */
export interface ObservedRendition {
  name: string;
  path: string;
  evidence: RenditionEvidence;
  /** False of a stream of the camera's own. */
  isEncoded: boolean;
  /** Those of the pool that have it, the standby last. */
  workers: readonly string[];
  viewers?: Endpoint;
  /** As of a camera; empty where it is encoded. */
  publish: Readonly<Record<string, Endpoint>>;
}

/** One camera as its factory and the tier that viewers use have it. */
export interface ObservedCamera {
  camera: Camera;
  path: string;
  shard: number;
  evidence: CameraEvidence;
  /** Where viewers find it. */
  viewers?: Endpoint;
  /** Where it pushes: `primary` and `backup`, or `active`. */
  publish: Readonly<Record<string, Endpoint>>;
  renditions: readonly ObservedRendition[];
}

export interface SiteObservation {
  generation: number;
  previous: SiteStatus | undefined;
  problems: readonly Problem[];
  /** What is waited for beside the shards. */
  pending: readonly Pending[];
  /** The shards of all tiers that carry the Site. */
  shards: readonly ShardOfTier[];
  /** Those that a factory has taken. */
  cameras: readonly ObservedCamera[];
  /** How many the Site lists. */
  total: number;
  /** For the cameras in the status. */
  roomBytes: number;
  credentialsSecret?: string;
  viewersSecret?: string;
}

export function describeSiteStatus(site: SiteObservation, nowMs: number): SiteStatus {
  const cameras = site.cameras.map((camera) => describeCamera(camera, site.previous));
  const fitted = fitCameras(cameras, site.roomBytes);
  const counts = countStates(cameras, site.total);
  const lastSwitch = findLastSwitch(site.shards, site.previous);
  return {
    observedGeneration: site.generation,
    conditions: describeConditions(site, cameras, fitted.words, nowMs),
    cameras: fitted.cameras,
    counts,
    online: `${counts.total - counts.offline}/${counts.total}`,
    ...(lastSwitch === undefined ? {} : { lastSwitch }),
    ...(site.credentialsSecret === undefined ? {} : { credentialsSecret: site.credentialsSecret }),
    ...(site.viewersSecret === undefined ? {} : { viewersSecret: site.viewersSecret }),
  };
}

function describeConditions(
  { generation, previous, problems, pending, shards, cameras: observed }: SiteObservation,
  cameras: readonly CameraStatus[],
  ofAddresses: readonly ConditionWord[],
  nowMs: number,
): Condition[] {
  const awaited = [...listPendingShards(shards), ...pending];
  const degraded = cameras.filter((camera) => camera.state === 'Degraded').map((camera) => camera.name);
  const words = [
    judgeReady(problems, awaited, 'The tiers of this Site serve, and know its cameras'),
    judgeReconciling(problems, awaited),
    judgeStalled(problems),
    judgeRedundant(shards, degraded),
    judgeEncoding(listEncoded(observed, cameras)),
    ...ofAddresses,
  ].filter((word) => word !== undefined);
  return stampConditions(words, previous?.conditions, generation, nowMs);
}

/** Streams of the cameras' own are not encoded: nobody waits for them. */
function listEncoded(
  observed: readonly ObservedCamera[],
  cameras: readonly CameraStatus[],
): NamedRendition[] {
  return observed.flatMap((camera, index) => {
    const encoded = new Set(camera.renditions.filter(({ isEncoded }) => isEncoded).map(({ name }) => name));
    const renditions = cameras[index]?.renditions?.filter(({ name }) => encoded.has(name)) ?? [];
    return renditions.map((rendition) => ({ name: `${camera.camera.name}/${rendition.name}`, rendition }));
  });
}

function describeCamera(observed: ObservedCamera, previous: SiteStatus | undefined): CameraStatus {
  const { camera, path, shard, evidence, viewers } = observed;
  const before = previous?.cameras?.find(({ name }) => name === camera.name);
  const renditions = observed.renditions.map((rendition) => describeRendition(rendition, before));
  return {
    name: camera.name,
    state: judgeCamera(evidence, before?.state),
    shard,
    ...(viewers === undefined ? {} : { urls: listStreamUrls(viewers, path) }),
    ...describePublish(observed.publish, path),
    ...(renditions.length === 0 ? {} : { renditions }),
  };
}

function describeRendition(observed: ObservedRendition, camera: CameraStatus | undefined): RenditionStatus {
  const { name, path, evidence, workers, viewers } = observed;
  const before = camera?.renditions?.find((known) => known.name === name);
  const { state, message } = judgeRendition(evidence, before?.state);
  return {
    name,
    state,
    ...(workers.length === 0 ? {} : { workers: [...workers] }),
    ...(message === undefined ? {} : { message }),
    ...(viewers === undefined ? {} : { urls: listStreamUrls(viewers, path) }),
    ...describePublish(observed.publish, path),
  };
}

function describePublish(
  endpoints: Readonly<Record<string, Endpoint>>,
  path: string,
): Pick<CameraStatus, 'publish'> {
  const publish = Object.entries(endpoints).map(([side, endpoint]) => {
    return [side, listPublishUrls(endpoint, path)];
  });
  return publish.length === 0 ? {} : { publish: Object.fromEntries(publish) };
}

function findLastSwitch(
  shards: readonly ShardOfTier[],
  previous: SiteStatus | undefined,
): SiteStatus['lastSwitch'] {
  const switches = shards.flatMap(({ tier, shard, observed }) => {
    return observed.lastSwitch === undefined ? [] : [{ ...observed.lastSwitch, tier, shard }];
  });
  const last = switches.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1);
  // What it took is known to who saw it happen alone.
  return last?.at === previous?.lastSwitch?.at ? previous?.lastSwitch : last;
}

/** Cameras that no factory has taken are offline. */
function countStates(cameras: readonly CameraStatus[], total: number): NonNullable<SiteStatus['counts']> {
  const count = (state: CameraStatus['state']) => cameras.filter((camera) => camera.state === state).length;
  const [online, redundant, degraded] = [count('Online'), count('Redundant'), count('Degraded')];
  return { total, online, redundant, degraded, offline: total - online - redundant - degraded };
}
