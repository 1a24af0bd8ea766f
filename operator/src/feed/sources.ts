import type { AgentConnection } from './connection.ts';
import type { PathStates } from './path-states.ts';
import type { PlanIndex, SourceRef } from './plan-index.ts';

export interface SourceAnnouncerOptions {
  states: PathStates;
  index: PlanIndex;
  connectionsOf: (workload: string) => readonly AgentConnection[];
  onSent: () => void;
}

type Change = { path: string; online: boolean };

/**
 * Tells agents that paths which legs of their plans play, or which their cameras push elsewhere as well, came online or
 * went, so that they need not find out by trying. What a workload has whose agent is not connected counts as gone: it may
 * well flow, and who plays it plays on, but nobody should count on it.
 */
export class SourceAnnouncer {
  readonly #options: SourceAnnouncerOptions;
  /** What was told last, by producing workload and path: whatever else changes in a state is not told. */
  readonly #told = new Map<string, Map<string, boolean>>();

  constructor(options: SourceAnnouncerOptions) {
    this.#options = options;
  }

  /** New states of some paths of a workload; of none where its agent came or went. */
  takeStates(workload: string, paths: readonly string[]): void {
    const byConsumer = new Map<string, Change[]>();
    for (const change of this.#news(workload, paths)) {
      for (const consumer of this.#options.index.consumersOf({ workload, path: change.path })) {
        const changes = byConsumer.get(consumer);
        if (changes === undefined) byConsumer.set(consumer, [change]);
        else changes.push(change);
      }
    }
    for (const [consumer, changes] of byConsumer) {
      for (const connection of this.#options.connectionsOf(consumer))
        this.#send(connection, workload, changes);
    }
  }

  /** To an agent that said hello, or whose plan has changed: what is known of all that its legs play. */
  deliver(connection: AgentConnection): void {
    const byProducer = new Map<string, SourceRef[]>();
    for (const source of this.#options.index.sourcesOf(connection.identity.workload)) {
      const sources = byProducer.get(source.workload);
      if (sources === undefined) byProducer.set(source.workload, [source]);
      else sources.push(source);
    }
    for (const [producer, sources] of byProducer) {
      const known = this.#options.states.get(producer);
      if (known?.connected !== true) continue;
      const online = sources.filter(({ path }) => known.paths.get(path)?.online === true);
      const changes = online.map(({ path }) => ({ path, online: true }));
      if (changes.length > 0) this.#send(connection, producer, changes);
    }
  }

  /** The workload is no more. */
  forget(workload: string): void {
    this.#told.delete(workload);
  }

  #news(workload: string, paths: readonly string[]): Change[] {
    const states = this.#options.states.get(workload);
    const isHeard = states?.connected === true;
    const told = this.#told.get(workload) ?? new Map<string, boolean>();
    this.#told.set(workload, told);
    const news: Change[] = [];
    const concerned = paths.length > 0 ? paths : new Set([...told.keys(), ...(states?.paths.keys() ?? [])]);
    for (const path of concerned) {
      const state = states?.paths.get(path);
      const online = isHeard && (state?.online ?? false);
      if ((told.get(path) ?? false) !== online) news.push({ path, online });
      if (state === undefined) told.delete(path);
      else told.set(path, online);
    }
    if (told.size === 0) this.#told.delete(workload);
    return news;
  }

  #send(connection: AgentConnection, workload: string, paths: Change[]): void {
    connection.send({ type: 'sources', workload, paths });
    this.#options.onSent();
  }
}
