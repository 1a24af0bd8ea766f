import type { PathStates } from './path-states.ts';
import type { PlanIndex } from './plan-index.ts';

/** One side of a shard, and the workload that is it. */
interface WorkloadSide {
  /** `<namespace>/<name>`. */
  workload: string;
  /** By it the legs of tiers after it are named. */
  side: string;
}

/** What workloads play of others, by the word of their agents. */
export class Plays {
  readonly #states: PathStates;
  readonly #index: PlanIndex;

  constructor(states: PathStates, index: PlanIndex) {
    this.#states = states;
    this.#index = index;
  }

  /**
   * Streams that are played of one side and not of the other, though both serve them; as `<workload> <path>`. Who is not
   * connected does not count: it plays both when it is back, or neither.
   */
  listUnplayed(of: WorkloadSide, notOf: WorkloadSide): string[] {
    const unplayed: string[] = [];
    const others = this.#states.get(notOf.workload)?.paths;
    for (const [path, { online }] of this.#states.get(of.workload)?.paths ?? []) {
      if (!online || others?.get(path)?.online !== true) continue;
      for (const consumer of this.#index.consumersOf({ workload: of.workload, path })) {
        if (this.#plays(consumer, path, of.side) && !this.#plays(consumer, path, notOf.side)) {
          unplayed.push(`${consumer} ${path}`);
        }
      }
    }
    return unplayed;
  }

  #plays(consumer: string, path: string, leg: string): boolean {
    const state = this.#states.get(consumer);
    const legs = state?.connected ? (state.paths.get(path)?.legs ?? []) : [];
    return legs.some(({ id, state: legState }) => id === leg && legState === 'live');
  }
}
