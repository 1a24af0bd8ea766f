import type { SideMessage } from '@cupola/protocol';
import type { AgentConnection } from './connection.ts';

/** What a workload is told of its side. */
export type SideWord = Omit<SideMessage, 'type'>;

export interface SideAnnouncerOptions {
  /** Undefined where the workload is of no shard that is known. */
  sideOf: (workload: string) => SideWord | undefined;
  connectionsOf: (workload: string) => readonly AgentConnection[];
  onSent: () => void;
}

/** Tells agents whether their side is the one that new viewers and cameras come to. */
export class SideAnnouncer {
  readonly #options: SideAnnouncerOptions;

  constructor(options: SideAnnouncerOptions) {
    this.#options = options;
  }

  /** To every agent of a workload whose shard was switched, or whose tier says otherwise of viewers. */
  announce(workload: string): void {
    for (const connection of this.#options.connectionsOf(workload)) this.deliver(connection);
  }

  /** To an agent that said hello. */
  deliver(connection: AgentConnection): void {
    const word = this.#options.sideOf(connection.identity.workload);
    if (word === undefined) return;
    connection.send({ type: 'side', ...word });
    this.#options.onSent();
  }
}
