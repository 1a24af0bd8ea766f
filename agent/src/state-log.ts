/** One line in the log a change of state: of a path, of a leg, of a camera's luck in logging in. */
import type { EncoderState, MediaPlan, PathState } from '@cupola/protocol';
import type { Logger } from 'pino';
import type { Verdict } from './mediamtx/authorise.ts';

export class StateLog {
  readonly #log: Logger;
  readonly #states = new Map<string, PathState>();
  /** What was said last of each path's encoder. */
  readonly #encoders = new Map<string, string>();
  /** Why a path's publishers were refused last. Paths of the plan alone, so it is bounded. */
  readonly #refusals = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** What the plan no longer has is forgotten. */
  notePlan(plan: MediaPlan): void {
    const planned = new Set(plan.paths.map(({ path }) => path));
    for (const path of this.#states.keys()) if (!planned.has(path)) this.#states.delete(path);
    for (const path of this.#encoders.keys()) if (!planned.has(path)) this.#encoders.delete(path);
    for (const path of this.#refusals.keys()) if (!planned.has(path)) this.#refusals.delete(path);
  }

  noteState(state: PathState): void {
    const { path, online, tracks } = state;
    const before = this.#states.get(path);
    this.#states.set(path, state);
    if (online !== (before?.online ?? false)) {
      if (online) this.#log.info({ event: 'path-online', path, tracks });
      else this.#log.warn({ event: 'path-offline', path });
    }
    for (const leg of state.legs ?? []) {
      const was = before?.legs?.find((each) => each.id === leg.id);
      if (was?.state === leg.state && was.error === leg.error) continue;
      if (leg.state === 'live') this.#log.info({ event: 'leg-live', path, leg: leg.id });
      else if (leg.error !== undefined)
        this.#log.info({ event: 'leg-down', path, leg: leg.id, problem: leg.error });
    }
    if (state.encoder !== undefined) this.#noteEncoder(path, state.encoder);
  }

  /** One that fails again and again in the same way is said once. */
  #noteEncoder(path: string, { state, error }: EncoderState): void {
    if (state === 'starting') return;
    const news = state === 'failed' || state === 'stalled' ? `${state} ${error?.cause}` : state;
    const before = this.#encoders.get(path) ?? 'idle';
    this.#encoders.set(path, news);
    if (news === before) return;
    if (state === 'encoding') this.#log.info({ event: 'encoder-encoding', path });
    else if (state === 'idle') this.#log.info({ event: 'encoder-idle', path });
    else this.#log.warn({ event: `encoder-${state}`, path, cause: error?.cause, problem: error?.message });
  }

  /** A camera that is refused tries again and again: it is said when it begins, changes and ends. */
  noteLogin(path: string, verdict: Verdict): void {
    if (verdict.allowed) {
      this.#refusals.delete(path);
      return;
    }
    // The first request of an RTSP client comes without a credential; unknown paths are anybody's invention.
    if (verdict.reason === 'NoCredential' || verdict.reason === 'UnknownPath' || verdict.reason === 'NoPlan')
      return;
    if (this.#refusals.get(path) === verdict.reason) return;
    this.#refusals.set(path, verdict.reason);
    this.#log.warn({ event: 'login-refused', path, reason: verdict.reason });
  }
}
