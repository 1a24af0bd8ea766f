import { isDeepStrictEqual } from 'node:util';
import { FIELD_MANAGER } from '../api/labels.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import { ApiError, LeaseLostError } from './api-error.ts';
import type { Applier } from './applier.ts';
import type { KubeClient } from './client.ts';
import type { KubeObject } from './object.ts';
import { resourceOf, resourcePath } from './resource.ts';
import type { WriteGuard } from './write-guard.ts';

/** The pure comparison that says what is written; `diff/` has it. */
export interface ApplyDiff {
  /** Whether an apply of `desired` (with its hash) would change `live`. */
  needsApply(desired: KubeObject, live: KubeObject): boolean;
  /** `desired` with the annotation that tells a later comparison what was applied. */
  withAppliedHash<T extends KubeObject>(desired: T): T;
}

export interface ApiApplierOptions {
  client: KubeClient;
  guard: WriteGuard;
  diff: ApplyDiff;
  metrics: OperatorMetrics;
  /** Takes each answer, for the caches. */
  offer: (written: KubeObject) => void;
}

export class ApiApplier implements Applier {
  readonly #options: ApiApplierOptions;

  constructor(options: ApiApplierOptions) {
    this.#options = options;
  }

  async apply<T extends KubeObject>(desired: KubeObject, live: T | undefined): Promise<T> {
    const { diff } = this.#options;
    const marked = diff.withAppliedHash(desired);
    if (live !== undefined && !diff.needsApply(marked, live)) return this.#suppress(live);
    const written = await this.#write(marked, (signal) =>
      this.#options.client.request('PATCH', pathOf(marked), {
        query: { fieldManager: FIELD_MANAGER, force: 'true' },
        contentType: 'application/apply-patch+yaml',
        body: marked,
        signal,
      }),
    );
    return written as T;
  }

  async createIfAbsent<T extends KubeObject>(desired: T): Promise<T> {
    const { client } = this.#options;
    const resource = resourceOf(desired);
    const created = await this.#write(desired, async (signal) => {
      try {
        return await client.request('POST', resourcePath(resource, desired.metadata.namespace), {
          query: { fieldManager: FIELD_MANAGER },
          body: desired,
          signal,
        });
      } catch (error) {
        if (!(error instanceof ApiError && error.isConflict)) throw error;
        return await client.request('GET', pathOf(desired), { signal });
      }
    });
    return created as T;
  }

  async applyStatus<T extends KubeObject & { status?: unknown }>(live: T, status: T['status']): Promise<T> {
    const patch = mergePatch(live.status, dropUndefined(status));
    if (patch === undefined) return this.#suppress(live);
    const written = await this.#write(live, (signal) =>
      this.#options.client.request('PATCH', `${pathOf(live)}/status`, {
        query: { fieldManager: FIELD_MANAGER },
        contentType: 'application/merge-patch+json',
        // Without a precondition: what went to a namesake of a deleted object is mended by its own reconciliation.
        body: { status: patch },
        signal,
      }),
    );
    return written as T;
  }

  async delete(live: KubeObject): Promise<boolean> {
    if (live.metadata.deletionTimestamp !== undefined) return false;
    try {
      await this.#counted(live, (signal) =>
        this.#options.client.request('DELETE', pathOf(live), {
          body: { preconditions: { uid: live.metadata.uid }, propagationPolicy: 'Background' },
          signal,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.isNotFound || error.isConflict)) return false;
      throw error;
    }
  }

  #suppress<T extends KubeObject>(live: T): T {
    this.#count(live, 'suppressed');
    return live;
  }

  async #write(object: KubeObject, send: (signal: AbortSignal) => Promise<unknown>): Promise<KubeObject> {
    const written = (await this.#counted(object, send)) as KubeObject;
    this.#options.offer(written);
    return written;
  }

  async #counted(object: KubeObject, send: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    let outcome: 'written' | 'failed' | 'refused' = 'failed';
    try {
      const answer = await send(this.#options.guard.enter());
      outcome = 'written';
      return answer;
    } catch (error) {
      if (error instanceof LeaseLostError) outcome = 'refused';
      throw error;
    } finally {
      this.#count(object, outcome);
    }
  }

  #count(object: KubeObject, outcome: 'written' | 'suppressed' | 'failed' | 'refused'): void {
    this.#options.metrics.applies.inc({ kind: object.kind, outcome });
  }
}

/** The object of this kind, namespace and name as the API server has it; undefined where there is none. */
export async function readLive(client: KubeClient, object: KubeObject): Promise<KubeObject | undefined> {
  try {
    return (await client.request('GET', pathOf(object))) as KubeObject;
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}

function pathOf(object: KubeObject): string {
  return resourcePath(resourceOf(object), object.metadata.namespace, object.metadata.name);
}

/**
 * What turns `live` into `desired` as a JSON merge patch (RFC 7386): nulls for members to remove, lists whole.
 * Undefined where they are equal.
 */
export function mergePatch(live: unknown, desired: unknown): unknown {
  if (isDeepStrictEqual(live, desired)) return undefined;
  if (!isMembers(live) || !isMembers(desired)) return desired ?? null;
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(live)) if (!(name in desired)) patch[name] = null;
  for (const [name, value] of Object.entries(desired)) {
    const change = mergePatch(live[name], value);
    if (change !== undefined) patch[name] = change;
  }
  return patch;
}

/** As JSON would have it: members that are undefined are absent. */
function dropUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
