/** A tier as one of its Sites sees it: which shard has which of its streams, and what its sides say of them. */
import { SIDES, type Side } from '../api/labels.ts';
import type { ShardOfTier } from '../status/redundant.ts';
import { findEndpoint } from '../topology/endpoint.ts';
import {
  activeServiceName,
  qualify,
  serviceHost,
  type TierKind,
  tierPrefix,
  workloadName,
} from '../topology/names.ts';
import type { Endpoint, ObservedShard } from '../topology/observed-shard.ts';
import type { PlanRecord } from '../topology/plan-record.ts';
import type { Factory, Relay } from '../topology/tiers.ts';
import type { ReconcileContext } from './context.ts';
import { type HeardPath, hearPath } from './heard-paths.ts';
import { listPlans, observeShard } from './observed-tiers.ts';

export class CarryingTier {
  readonly title: string;
  readonly #context: ReconcileContext;
  readonly #tier: Factory | Relay;
  readonly #prefix: string;
  readonly #plans: PlanRecord[][];
  readonly #shards = new Map<number, ObservedShard>();

  constructor(context: ReconcileContext, kind: TierKind, tier: Factory | Relay) {
    this.title = `${kind} ${tier.namespace}/${tier.name}`;
    this.#context = context;
    this.#tier = tier;
    this.#prefix = tierPrefix(kind, tier.name);
    this.#plans = listPlans(context.caches, { namespace: tier.namespace, prefix: this.#prefix });
  }

  get shardCount(): number {
    return this.#plans.length;
  }

  /** The field that says how much a shard takes. */
  get capacityField(): string {
    return 'camerasPerShard' in this.#tier.spec ? 'spec.camerasPerShard' : 'spec.streamsPerShard';
  }

  /** Whether no shard has room. */
  isFull(): boolean {
    const { spec } = this.#tier;
    const perShard = 'camerasPerShard' in spec ? spec.camerasPerShard : spec.streamsPerShard;
    // Renditions are where their cameras are, and only at a relay take room.
    const counts = (path: string) => !('camerasPerShard' in spec) || path.startsWith('original/');
    return this.#plans.every((plans) =>
      plans.some((plan) => [...plan.paths.keys()].filter(counts).length >= perShard),
    );
  }

  /** By the plans; undefined where none has the path. */
  findShard(path: string): number | undefined {
    const shard = this.#plans.findIndex((plans) => plans.some((plan) => plan.paths.has(path)));
    return shard < 0 ? undefined : shard;
  }

  observe(shard: number): ObservedShard {
    const { namespace } = this.#tier;
    const observed =
      this.#shards.get(shard) ?? observeShard(this.#context, { namespace, prefix: this.#prefix }, shard);
    this.#shards.set(shard, observed);
    return observed;
  }

  /** The shards that have some of the paths; the first where none has. */
  listShards(paths: readonly string[]): ShardOfTier[] {
    const used = new Set(paths.map((path) => this.findShard(path)).filter((shard) => shard !== undefined));
    const numbers = used.size === 0 ? [0] : [...used].sort((a, b) => a - b);
    return numbers.map((shard) => ({
      title: `shard ${shard} of ${this.title}`,
      tier: this.title,
      shard,
      observed: this.observe(shard),
    }));
  }

  /** What a side's agent says of a path; undefined where it cannot be asked. */
  hear(shard: number, side: Side, path: string): HeardPath | undefined {
    const workload = qualify(this.#tier.namespace, workloadName(this.#prefix, shard, side));
    const isReady = this.observe(shard).sides[side].deployment?.isReady ?? false;
    return hearPath(this.#context, workload, isReady, path);
  }

  /** `<namespace>/<name>` of both sides. */
  listWorkloads(shard: number): string[] {
    return SIDES.map((side) => qualify(this.#tier.namespace, workloadName(this.#prefix, shard, side)));
  }

  hearActive(shard: number, path: string): HeardPath | undefined {
    return this.hear(shard, this.observe(shard).activeSide, path);
  }

  /** Whether a side has taken the path into its plan in force; undefined where none that may can be asked. */
  isAccepted(shard: number, path: string): boolean | undefined {
    const heard = SIDES.map((side) => this.hear(shard, side, path));
    if (heard.some((path) => path?.isKnown)) return true;
    return heard.includes(undefined) ? undefined : false;
  }

  findActiveEndpoint(shard: number): Endpoint | undefined {
    const { service } = this.observe(shard);
    return this.#findEndpoint(activeServiceName(this.#prefix, shard), service);
  }

  findSideEndpoint(shard: number, side: Side): Endpoint | undefined {
    const { service } = this.observe(shard).sides[side];
    return this.#findEndpoint(workloadName(this.#prefix, shard, side), service);
  }

  #findEndpoint(name: string, service: ObservedShard['service']): Endpoint | undefined {
    const { namespace, spec } = this.#tier;
    return findEndpoint(spec.exposure, spec.protocols, serviceHost(name, namespace), service);
  }
}
