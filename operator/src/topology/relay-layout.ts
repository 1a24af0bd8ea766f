/**
 * What a relay carries: a stream for each camera and each rendition that a factory has taken, and those of remote sites.
 *
 * Both sides of the factory are listed always, primary first. For a camera that only one side has, the other
 * leg just finds nothing; when the active side moves, the legs need no change.
 */
import { SIDES } from '../api/labels.ts';
import type { RemoteSite } from '../api/master-relay.ts';
import { PROBLEM_REASONS } from '../api/reasons.ts';
import { listFactoryLegs, type TierLeg } from './factory-legs.ts';
import type { Problem } from './problem.ts';
import { listRenditions } from './renditions.ts';
import { distributeToShards, MAX_SHARDS } from './sticky-shards.ts';
import { originalPath, prefixPath } from './stream-paths.ts';
import type { Factory, Relay, Site } from './tiers.ts';

/** Where a leg's credential comes from. */
export type LegReader = { of: 'factory'; factory: Factory } | { of: 'secret'; name: string; field: string };

export interface RelayStream {
  path: string;
  legs: TierLeg[];
  reader: LegReader;
}

/** A Site with the factory that carries it, and the factory's shard of each of its paths. */
export interface CarriedSite {
  site: Site;
  factory: Factory;
  findShard(path: string): number | undefined;
}

export interface RelayLayout {
  /** At least one, in the order of their numbers; streams in the order of their paths. */
  shards: RelayStream[][];
  problems: Problem[];
}

/** Which shard takes which stream, and from where; `previous` is read back from the plans. */
export function layOutRelay(
  relay: Relay,
  sites: readonly CarriedSite[],
  previous: ReadonlyMap<string, number>,
): RelayLayout {
  const streams = new Map<string, RelayStream>();
  for (const site of sites) {
    for (const stream of listLocalStreams(site)) streams.set(stream.path, stream);
  }
  const problems: Problem[] = [];
  for (const [index, remote] of (relay.spec.remoteSites ?? []).entries()) {
    for (const stream of listRemoteStreams(remote, index)) {
      if (streams.has(stream.path)) problems.push(describeDuplicate(stream, index));
      else streams.set(stream.path, stream);
    }
  }
  const { shards, unplaced } = distributeToShards(streams, previous, relay.spec.streamsPerShard);
  // Of Sites it is theirs to say.
  const left = unplaced.filter(({ reader }) => reader.of === 'secret');
  if (left.length > 0) problems.push(describeFull(left));
  return { shards, problems };
}

/** Streams without a shard are not listed: their factory has yet to take them, which wakes the relay again. */
function listLocalStreams({ site, factory, findShard }: CarriedSite): RelayStream[] {
  const originals = site.spec.cameras.map(({ name }) => originalPath(site.namespace, site.name, name));
  const renditions = listRenditions(site).map(({ path }) => path);
  return [...originals, ...renditions].flatMap((path) => {
    const shard = findShard(path);
    if (shard === undefined) return [];
    return [{ path, legs: listFactoryLegs(factory, shard, path), reader: { of: 'factory', factory } }];
  });
}

function listRemoteStreams(remote: RemoteSite, index: number): RelayStream[] {
  const field = `spec.remoteSites[${index}].credentialsSecretRef`;
  return remote.cameras.map((camera) => {
    const path = originalPath(remote.namespace, remote.site, camera);
    const legs = remote.urls.map((url, side) => ({
      id: SIDES[side] ?? `leg-${side}`,
      url: `${url}/${path}`,
    }));
    const reader: LegReader = { of: 'secret', name: remote.credentialsSecretRef.name, field };
    return { path: prefixPath(remote.prefix, path), legs, reader };
  });
}

function describeDuplicate(stream: RelayStream, index: number): Problem {
  return {
    reason: PROBLEM_REASONS.duplicateStream,
    field: `spec.remoteSites[${index}]`,
    message: `${stream.path} is listed already`,
    remedy: 'remove it from one of the entries, or give them different prefixes',
  };
}

function describeFull(left: readonly RelayStream[]): Problem {
  return {
    reason: PROBLEM_REASONS.tierFull,
    field: 'spec.remoteSites',
    message: `${MAX_SHARDS} shards have no room for ${left.length} of the remote streams, such as ${left[0]?.path}`,
    remedy: 'raise spec.streamsPerShard, or give some of the remote sites another MasterRelay',
  };
}
