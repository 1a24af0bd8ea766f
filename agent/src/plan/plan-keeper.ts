/**
 * Which plan is in force. Plans come from three places: the durable copy, the mounted Secret and the feed. The one
 * with the greatest revision rules, wherever it came from; what is not a valid plan is reported and changes nothing.
 */
import type { MediaPlan } from '@cupola/protocol';
import { checkPlan, type ParsedPlan, parsePlan } from './parse-plan.ts';

export type PlanOrigin = 'durable' | 'mounted' | 'feed';

export interface PlanEvents {
  /** A newer plan is in force. `previous` is undefined at the first. */
  onPlan(plan: MediaPlan, previous: MediaPlan | undefined, origin: PlanOrigin): void;
  /** What was offered is not a plan for this pod; the one in force stays. Said once for the same text. */
  onProblem(problem: string, origin: PlanOrigin): void;
}

export class PlanKeeper {
  readonly #workload: string;
  readonly #events: PlanEvents;
  readonly #lastProblem = new Map<PlanOrigin, string>();
  #inForce: MediaPlan | undefined;
  /** Plans refused since the start. */
  refused = 0;

  constructor(workload: string, events: PlanEvents) {
    this.#workload = workload;
    this.#events = events;
  }

  get inForce(): MediaPlan | undefined {
    return this.#inForce;
  }

  /** 0 before the first plan. */
  get revision(): number {
    return this.#inForce?.revision ?? 0;
  }

  offerText(text: string, origin: PlanOrigin): void {
    this.#take(parsePlan(text, this.#workload), origin);
  }

  offer(value: unknown, origin: PlanOrigin): void {
    this.#take(checkPlan(value, this.#workload), origin);
  }

  #take(parsed: ParsedPlan, origin: PlanOrigin): void {
    if ('problem' in parsed) {
      this.refused++;
      if (this.#lastProblem.get(origin) === parsed.problem) return;
      this.#lastProblem.set(origin, parsed.problem);
      this.#events.onProblem(parsed.problem, origin);
      return;
    }
    this.#lastProblem.delete(origin);
    const previous = this.#inForce;
    if (previous !== undefined && parsed.plan.revision <= previous.revision) return;
    this.#inForce = parsed.plan;
    this.#events.onPlan(parsed.plan, previous, origin);
  }
}
