/**
 * Those who read from this pod, other than the tiers after it: how many there are, and their move to the other side,
 * which is that their sessions are ended and they reconnect through the Service.
 */
import { AGENT_USER } from './authorise.ts';
import type { ControlApi } from './control-api.ts';
import { listSessions } from './list-sessions.ts';
import type { Session } from './session.ts';

/** What the users begin with by which tiers read from each other. */
export const TIER_USER_PREFIX = 'tier-';

/**
 * After the word that the Service points elsewhere: kube-proxy carries it out up to a second and some later, and a
 * viewer who reconnects sooner lands here again. The second time is for those who came in between.
 */
const MOVE_AFTER_MS = [2_000, 5_000] as const;

export interface ViewersOptions {
  readonly api: Pick<ControlApi, 'listSessions' | 'kick'>;
  /** `count` sessions were ended. */
  onMoved(count: number): void;
}

export class Viewers {
  readonly #options: ViewersOptions;
  #timers: NodeJS.Timeout[] = [];
  /** Sessions ended since the start, so that they go to the other side. */
  moved = 0;

  constructor(options: ViewersOptions) {
    this.#options = options;
  }

  /** Rejects when MediaMTX does not answer. */
  async count(): Promise<number> {
    return (await this.#list()).length;
  }

  /** Ends the sessions of all viewers as soon as they find the other side. */
  move(): void {
    this.stay();
    this.#timers = MOVE_AFTER_MS.map((delayMs) => setTimeout(() => void this.#kickAll(), delayMs));
  }

  /** What `move` has not done yet is not done. */
  stay(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  async #list(): Promise<Session[]> {
    return (await listSessions(this.#options.api)).filter(isViewer);
  }

  async #kickAll(): Promise<void> {
    let count = 0;
    try {
      for (const viewer of await this.#list()) if (await this.#options.api.kick(viewer)) count++;
    } catch {
      // MediaMTX does not answer, which is logged as such; its viewers are gone or go with it.
    }
    this.moved += count;
    if (count > 0) this.#options.onMoved(count);
  }
}

function isViewer({ action, user }: Session): boolean {
  return action === 'read' && user !== AGENT_USER && !user.startsWith(TIER_USER_PREFIX);
}
