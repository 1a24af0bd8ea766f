/**
 * Those who read from this pod, other than the tiers after it: how many there are, and their move to the other side,
 * which is that their sessions are ended and they reconnect through the Service.
 */
import { TIER_USER_PREFIX } from '@cupola/protocol';
import { AGENT_USER } from './authorise.ts';
import type { ControlApi } from './control-api.ts';
import { listSessions } from './list-sessions.ts';
import type { Session } from './session.ts';

export interface ViewersOptions {
  readonly api: Pick<ControlApi, 'listSessions' | 'kick'>;
  /** `count` sessions were ended. */
  onMoved(count: number): void;
}

export class Viewers {
  readonly #options: ViewersOptions;
  /** Sessions ended since the start, so that they go to the other side. */
  moved = 0;

  constructor(options: ViewersOptions) {
    this.#options = options;
  }

  /** Rejects when MediaMTX does not answer. */
  async count(): Promise<number> {
    return (await this.#list()).length;
  }

  /** Ends the sessions of all viewers. */
  async move(): Promise<void> {
    let count = 0;
    try {
      for (const viewer of await this.#list()) if (await this.#options.api.kick(viewer)) count++;
    } catch {
      // MediaMTX does not answer, which is logged as such; its viewers are gone or go with it.
    }
    this.moved += count;
    if (count > 0) this.#options.onMoved(count);
  }

  async #list(): Promise<Session[]> {
    return (await listSessions(this.#options.api)).filter(isViewer);
  }
}

function isViewer({ action, user }: Session): boolean {
  return action === 'read' && user !== AGENT_USER && !user.startsWith(TIER_USER_PREFIX);
}
