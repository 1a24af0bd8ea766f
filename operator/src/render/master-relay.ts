import type { Credential, Leg, PlannedPath } from '@cupola/protocol';
import { SIDES } from '../api/labels.ts';
import { readBasicAuth } from '../topology/basic-auth.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { Problem } from '../topology/problem.ts';
import type { RelayLayout, RelayStream } from '../topology/relay-layout.ts';
import type { Relay } from '../topology/tiers.ts';
import { describeTier } from './media-tier.ts';
import { narrowReaders } from './narrow-readers.ts';
import { type PlanContent, renderPlanSecret } from './plan-secret.ts';
import { renderServiceAccount } from './service-account.ts';
import { renderShardObjects } from './shard-objects.ts';
import { deriveReader } from './tier-reader.ts';
import type { TierRendering, TierSurroundings } from './tier-rendering.ts';
import { resolveViewers } from './viewer-readers.ts';

/** All objects of a relay. Both sides of a shard have the same plan. */
export function renderMasterRelay(
  relay: Relay,
  layout: RelayLayout,
  around: TierSurroundings,
): TierRendering {
  const tier = describeTier('MasterRelay', relay);
  const viewers = resolveViewers(tier, relay.spec.viewers, around.secrets);
  const readers = new LegCredentials(relay, around);
  const rendering: TierRendering = {
    objects: [renderServiceAccount(tier)],
    streams: [],
    problems: [...layout.problems, ...viewers.problems],
  };
  for (const [shard, streams] of layout.shards.entries()) {
    const observed = around.observeShard(shard);
    const paths = streams.flatMap((stream) => planStream(stream, readers, findLast(observed, stream.path)));
    const content: PlanContent = {
      paths,
      readers: narrowReaders(viewers.readers, paths),
      openToReaders: viewers.openToReaders,
    };
    for (const side of SIDES) {
      const live = observed.sides[side].plan;
      const { secret, problem } = renderPlanSecret({ tier, shard, side }, content, live, around.planWriting);
      rendering.objects.push(secret);
      if (problem !== undefined && side === 'primary') rendering.problems.push(problem);
    }
    rendering.streams.push(content.paths.length);
    rendering.objects.push(...renderShardObjects(tier, shard, observed, around.settings));
  }
  rendering.problems.push(...readers.problems);
  return rendering;
}

/** A stream whose Secret is missing goes on as the plan in force has it. */
function planStream(
  stream: RelayStream,
  credentials: LegCredentials,
  last: PlannedPath | undefined,
): PlannedPath[] {
  const credential = credentials.find(stream);
  if (credential === undefined) return last === undefined ? [] : [last];
  const legs: Leg[] = stream.legs.map((leg) => ({ ...leg, credential }));
  return [{ path: stream.path, source: { from: 'legs', legs } }];
}

function findLast({ sides }: ObservedShard, path: string): PlannedPath | undefined {
  return sides.primary.plan?.paths.get(path) ?? sides.backup.plan?.paths.get(path);
}

/** Each factory's reader and each Secret, resolved once however many streams use it. */
class LegCredentials {
  readonly problems: Problem[] = [];
  readonly #relay: Relay;
  readonly #around: TierSurroundings;
  readonly #known = new Map<string, Credential | undefined>();

  constructor(relay: Relay, around: TierSurroundings) {
    this.#relay = relay;
    this.#around = around;
  }

  find({ reader }: RelayStream): Credential | undefined {
    const key =
      reader.of === 'factory'
        ? `factory/${reader.factory.namespace}/${reader.factory.name}`
        : `secret/${reader.field}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#resolve(reader));
    return this.#known.get(key);
  }

  #resolve(reader: RelayStream['reader']): Credential | undefined {
    if (reader.of === 'factory') {
      return deriveReader(
        this.#around.readerKeys.current,
        { ...reader.factory, kind: 'CameraFactory' },
        { ...this.#relay, kind: 'MasterRelay' },
      );
    }
    const read = readBasicAuth(
      this.#around.secrets,
      this.#relay.namespace,
      { name: reader.name },
      reader.field,
    );
    if ('credential' in read) return read.credential;
    this.problems.push(read.problem);
    return undefined;
  }
}
