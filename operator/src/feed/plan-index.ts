import { hash } from 'node:crypto';
import { type Leg, type MediaPlan, mediaPlanSchema, PLAN_KEY, type Source } from '@cupola/protocol';
import { LABELS } from '../api/labels.ts';
import type { SecretObject } from '../kube/caches.ts';
import type { StoreChange } from '../kube/store.ts';

/** One path of one producing workload. */
export interface SourceRef {
  /** `<namespace>/<name>` of the workload that serves it. */
  workload: string;
  path: string;
}

/**
 * Which workloads' plans play which paths of which others, or have cameras that push them there too, from the plan
 * Secrets. Plans themselves are read from the Secret when they are sent, and not kept a second time.
 */
export class PlanIndex {
  /** By workload. */
  readonly #plans = new Map<string, { digest: string; revision: number; sources: SourceRef[] }>();
  /** By source (`<workload> <path>`): the workloads whose legs play it. */
  readonly #consumers = new Map<string, Set<string>>();

  /** Takes a change of the Secret cache. Returns the workload whose plan it changed, if any. */
  take(change: StoreChange<SecretObject>): string | undefined {
    const secret = change.type === 'deleted' ? change.previous : change.object;
    const workload = workloadOf(secret);
    if (workload === undefined) return undefined;
    const digest = change.type === 'deleted' ? '' : hash('sha256', secret.data?.[PLAN_KEY] ?? '');
    if (this.#plans.get(workload)?.digest === digest) return undefined;
    this.#remove(workload);
    const plan = change.type === 'deleted' ? undefined : readPlan(secret);
    if (plan !== undefined) this.#add(workload, digest, plan);
    return workload;
  }

  /** 0 where there is no plan. */
  revisionOf(workload: string): number {
    return this.#plans.get(workload)?.revision ?? 0;
  }

  /** The workloads whose plans have a leg that plays this path of this workload, or a camera that pushes it there too. */
  consumersOf(source: SourceRef): ReadonlySet<string> {
    return this.#consumers.get(formatSource(source)) ?? EMPTY;
  }

  /** What the legs of a workload's plan play, as far as workloads of this cluster serve it, and what its other side has. */
  sourcesOf(workload: string): readonly SourceRef[] {
    return this.#plans.get(workload)?.sources ?? [];
  }

  #add(workload: string, digest: string, plan: MediaPlan): void {
    const sources = listSources(plan);
    this.#plans.set(workload, { digest, revision: plan.revision, sources });
    for (const source of sources) {
      const id = formatSource(source);
      const consumers = this.#consumers.get(id) ?? new Set();
      this.#consumers.set(id, consumers.add(workload));
    }
  }

  #remove(workload: string): void {
    for (const source of this.sourcesOf(workload)) {
      const id = formatSource(source);
      const consumers = this.#consumers.get(id);
      consumers?.delete(workload);
      if (consumers?.size === 0) this.#consumers.delete(id);
    }
    this.#plans.delete(workload);
  }
}

const EMPTY: ReadonlySet<string> = new Set();

/** Undefined where the Secret holds none that an agent would take. */
export function readPlan(secret: SecretObject): MediaPlan | undefined {
  const encoded = secret.data?.[PLAN_KEY];
  if (encoded === undefined) return undefined;
  try {
    return mediaPlanSchema.safeParse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** `<namespace>/<name>` of the workload whose plan Secret it is. */
function workloadOf(secret: SecretObject): string | undefined {
  const name = secret.metadata.labels?.[LABELS.workload];
  const isPlan = name !== undefined && secret.metadata.name === `${name}-plan`;
  return isPlan ? `${secret.metadata.namespace}/${name}` : undefined;
}

function listSources(plan: MediaPlan): SourceRef[] {
  const sources: SourceRef[] = [];
  for (const { path, source } of plan.paths) {
    if (source.from === 'publish' && source.otherSide !== undefined) {
      sources.push({ workload: source.otherSide, path });
    }
    for (const leg of listLegs(source)) {
      if (leg.workload === undefined) continue;
      sources.push({ workload: leg.workload, path: new URL(leg.url).pathname.slice(1) });
    }
  }
  return sources;
}

/** A standby watches the worker for which it stands by. */
function listLegs(source: Source): Leg[] {
  if (source.from === 'legs') return source.legs;
  return source.from === 'transcode' && source.standbyFor !== undefined ? [source.standbyFor] : [];
}

function formatSource(source: SourceRef): string {
  return `${source.workload} ${source.path}`;
}
