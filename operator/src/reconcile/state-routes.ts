import type { PathStates } from '../feed/path-states.ts';
import type { Caches } from '../kube/caches.ts';
import type { Target } from '../kube/handlers.ts';
import { siteOfPath } from '../topology/stream-paths.ts';
import type { ClusterView } from './cluster-view.ts';
import { findPlan } from './observed-tiers.ts';
import { listSitesOfPaths } from './secret-routes.ts';
import { targetSite } from './site-targets.ts';
import { findTierOf } from './tier-objects.ts';

/**
 * Who looks at the agents' new word. A change of some paths concerns their Sites; an agent that came or went,
 * all Sites of its plan; a new revision or a heartbeat, nobody. Remote sites' streams are in the relay's status.
 */
export class StateRoutes {
  readonly #caches: Caches;
  readonly #view: ClusterView;
  readonly #states: PathStates;
  /** The workloads whose agents were connected when they were last looked at. */
  readonly #connected = new Set<string>();

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
    else this.#connected.delete(workload);
    const concerned = cameOrWent ? [...(findPlan(this.#caches, namespace, name)?.paths.keys() ?? [])] : paths;
    const sites = listSitesOfPaths(concerned, this.#view).map(targetSite);
    const hasRemote = concerned.some((path) => siteOfPath(path) === undefined);
    const deployment = hasRemote ? this.#caches.Deployment.get(namespace, name) : undefined;
    const tier = deployment === undefined ? undefined : findTierOf(deployment);
    return tier === undefined ? sites : [...sites, tier];
  }
}
