import type { PathState } from '@cupola/protocol';
import type { PathStates } from '../feed/path-states.ts';
import type { Caches } from '../kube/caches.ts';
import type { Target } from '../kube/handlers.ts';
import { siteOfPath } from '../topology/stream-paths.ts';
import type { ClusterView } from './cluster-view.ts';
import { findPlan } from './observed-tiers.ts';
import { listSitesOfPaths } from './secret-routes.ts';
import { targetOwnPool, targetSite } from './site-targets.ts';
import { findTierOf } from './tier-objects.ts';

/**
 * Who looks at the agents' new word. A change of some paths concerns their Sites and the pools that encode for them; an
 * agent that came or went, all Sites of its plan; a new revision, a heartbeat or an encoder's figures, nobody. Remote
 * sites' streams are in the relay's status.
 */
export class StateRoutes {
  readonly #caches: Caches;
  readonly #view: ClusterView;
  readonly #states: PathStates;
  /** The workloads whose agents were connected when they were last looked at. */
  readonly #connected = new Set<string>();
  /** Of the paths with encoders, by workload: what was said last, without figures. */
  readonly #encoders = new Map<string, Map<string, string>>();

  constructor(caches: Caches, view: ClusterView, states: PathStates) {
    this.#caches = caches;
    this.#view = view;
    this.#states = states;
  }

  route(workload: string, paths: readonly string[]): Target[] {
    const [namespace = '', name = ''] = workload.split('/');
    const isConnected = this.#states.get(workload)?.connected ?? false;
    const cameOrWent = isConnected !== this.#connected.has(workload);
    if (isConnected) this.#connected.add(workload);
    else this.#forget(workload);
    const news = paths.filter((path) => this.#isNews(workload, path));
    const concerned = cameOrWent ? [...(findPlan(this.#caches, namespace, name)?.paths.keys() ?? [])] : news;
    if (concerned.length === 0 && !cameOrWent) return [];
    const targets = listSitesOfPaths(concerned, this.#view).flatMap((site) => {
      const pool = this.#view.findServingPool(site);
      return pool === undefined ? [targetSite(site)] : [targetSite(site), targetOwnPool(pool)];
    });
    const hasRemote = concerned.some((path) => siteOfPath(path) === undefined);
    const deployment = this.#caches.Deployment.get(namespace, name);
    const tier = deployment === undefined ? undefined : findTierOf(deployment);
    if (tier === undefined) return targets;
    return hasRemote || (cameOrWent && tier.kind === 'CompressorPool') ? [...targets, tier] : targets;
  }

  /** It may never come back. */
  #forget(workload: string): void {
    this.#connected.delete(workload);
    this.#encoders.delete(workload);
  }

  #isNews(workload: string, path: string): boolean {
    const state = this.#states.get(workload)?.paths.get(path);
    const known = this.#encoders.get(workload);
    if (state?.encoder === undefined) {
      known?.delete(path);
      if (known?.size === 0) this.#encoders.delete(workload);
      return true;
    }
    const word = describeEncoder(state);
    if (known?.get(path) === word) return false;
    this.#encoders.set(workload, (known ?? new Map<string, string>()).set(path, word));
    return true;
  }
}

/** What a person or a plan goes by. */
function describeEncoder({ online, legs, encoder }: PathState): string {
  return JSON.stringify([online, legs, encoder?.state, encoder?.tooSlow, encoder?.error]);
}
