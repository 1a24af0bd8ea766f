/**
 * Ends the sessions that lost their right to be there. It remembers what each session was let in with, so that a kick
 * hits exactly the sessions concerned, and compares with MediaMTX's own list at each change of the plan and now and
 * then: for the sessions of an earlier run of the agent, and for those that were just beginning at the change.
 */
import type { MediaPlan } from '@cupola/protocol';
import type { AuthRequest } from './auth-request.ts';
import type { Verdict } from './authorise.ts';
import type { ControlApi } from './control-api.ts';
import { listSessions } from './list-sessions.ts';
import { isSessionProtocol, type Session } from './session.ts';
import { isStillAllowed } from './still-allowed.ts';

/** A session in none of MediaMTX's lists this long after it was let in has ended (RTMP's begins in up to 5 s). */
const FORGET_AFTER_MS = 30_000;
/** Far above what a pod serves; the oldest is forgotten first and then known by MediaMTX's list alone. */
const MAX_REMEMBERED = 20_000;

export interface SessionGuardOptions {
  readonly api: Pick<ControlApi, 'listSessions' | 'kick'>;
  readonly nowMs: () => number;
  onKicked(session: Session): void;
}

interface Remembered extends Session {
  readonly sinceMs: number;
}

export class SessionGuard {
  readonly #options: SessionGuardOptions;
  readonly #remembered = new Map<string, Remembered>();
  /** The last plan under which all sessions were judged. */
  #enforced: MediaPlan | undefined;
  /** Sessions kicked since the start. */
  kicked = 0;

  constructor(options: SessionGuardOptions) {
    this.#options = options;
  }

  get rememberedCount(): number {
    return this.#remembered.size;
  }

  /** All sessions that are there were judged under this plan, by an earlier run of the agent. */
  resume(plan: MediaPlan): void {
    this.#enforced = plan;
  }

  remember(request: AuthRequest, verdict: Verdict): void {
    if (!verdict.allowed || verdict.as === 'agent') return;
    const { id, protocol, action } = request;
    if (id === null || !isSessionProtocol(protocol)) return;
    if (action !== 'publish' && action !== 'read') return;
    if (this.#remembered.size >= MAX_REMEMBERED) {
      const oldest = this.#remembered.keys().next();
      if (!oldest.done) this.#remembered.delete(oldest.value);
    }
    const { path, user } = request;
    const sinceMs = this.#options.nowMs();
    this.#remembered.set(id, { id, protocol, action, path, user, digest: verdict.digest, sinceMs });
  }

  /** Kicks every session that `plan` does not allow any more. Rejects when MediaMTX does not answer: call it again. */
  async enforce(plan: MediaPlan): Promise<void> {
    // Between two changes of the plan there is nothing to compare with.
    const previous = this.#enforced?.revision === plan.revision ? undefined : this.#enforced;
    for (const session of [...this.#remembered.values()]) {
      if (!isStillAllowed(plan, previous, session)) await this.#kick(session);
    }
    const listed = await listSessions(this.#options.api);
    this.#forgetEnded(new Set(listed.map((each) => each.id)));
    for (const session of listed) {
      // One that is remembered was judged above.
      if (this.#remembered.has(session.id)) continue;
      if (!isStillAllowed(plan, previous, session)) await this.#kick(session);
    }
    this.#enforced = plan;
  }

  async #kick(session: Session): Promise<void> {
    // A failure leaves it remembered, for the next sweep. One that is not there was on its way in or has ended.
    const wasThere = await this.#options.api.kick(session);
    if (!wasThere) return;
    this.#remembered.delete(session.id);
    this.kicked++;
    this.#options.onKicked(session);
  }

  #forgetEnded(listed: ReadonlySet<string>): void {
    const before = this.#options.nowMs() - FORGET_AFTER_MS;
    for (const [id, session] of this.#remembered) {
      if (session.sinceMs < before && !listed.has(id)) this.#remembered.delete(id);
    }
  }
}
