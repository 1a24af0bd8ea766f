/** All paths of the pod's plan: brought from one plan to the next by difference, and described for the feed. */
import type { MediaPlan, OperatorMessage, PathState, PlannedPath } from '@cupola/protocol';
import { LegsPath } from './legs-path.ts';
import { diffPaths } from './plan-difference.ts';
import { PublishedPaths, type ReportedPath } from './published-paths.ts';
import type { PathSurroundings } from './surroundings.ts';

/** How often legs are looked at for silence. */
const TICK_MS = 250;

export type SourcesMessage = Extract<OperatorMessage, { type: 'sources' }>;

export interface StreamSetOptions {
  readonly surroundings: PathSurroundings;
  /** What differs from what was said before, at the end of the turn in which it changed. */
  onStates(changed: PathState[]): void;
}

export class StreamSet {
  readonly #options: StreamSetOptions;
  readonly #published: PublishedPaths;
  readonly #pulled = new Map<string, LegsPath>();
  /** What was said last, by path. */
  readonly #said = new Map<string, string>();
  readonly #changed = new Set<string>();
  #plan: readonly PlannedPath[] = [];
  #tick: NodeJS.Timeout | undefined;

  constructor(options: StreamSetOptions) {
    this.#options = options;
    this.#published = new PublishedPaths(options.surroundings.wallClockMs, (path) => this.#noteChange(path));
  }

  get hasPublishedPaths(): boolean {
    return this.#published.size > 0;
  }

  /** Paths whose readers are kept attached although no leg lives. */
  get holdingCount(): number {
    let count = 0;
    for (const path of this.#pulled.values()) if (path.isHolding) count++;
    return count;
  }

  start(): void {
    this.#tick = setInterval(() => {
      const nowMs = this.#options.surroundings.nowMs();
      for (const path of this.#pulled.values()) path.tick(nowMs);
    }, TICK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#tick);
    await Promise.all([...this.#pulled.values()].map((path) => path.close()));
  }

  /** Resolves when what the plan no longer has is gone; what it has anew is on its way. */
  async apply(plan: MediaPlan): Promise<void> {
    const { closed, opened, altered } = diffPaths(this.#plan, plan.paths);
    this.#plan = plan.paths;
    const closing = closed.map((path) => this.#remove(path));
    for (const path of altered)
      if (path.source.from === 'legs') this.#pulled.get(path.path)?.alter(path.source.legs);
    for (const path of opened) this.#add(path);
    await Promise.all(closing);
  }

  /** MediaMTX's list of paths. */
  takeReported(reported: readonly ReportedPath[]): void {
    this.#published.take(reported);
  }

  /** The feed's word on what other workloads serve. */
  takeSources(message: SourcesMessage): void {
    const online = new Set(message.paths.filter((each) => each.online).map((each) => each.path));
    if (online.size === 0) return; // That a leg ended its own connection tells.
    for (const { path, source } of this.#plan) {
      if (source.from !== 'legs') continue;
      for (const leg of source.legs) {
        if (leg.workload === message.workload && online.has(pathOfUrl(leg.url))) {
          this.#pulled.get(path)?.takeWord(leg.id);
        }
      }
    }
  }

  /** Every path of the plan, in its order. */
  states(): PathState[] {
    return this.#plan.map(({ path }) => this.#describe(path)).filter((state) => state !== undefined);
  }

  legFigures(): { readonly planned: number; readonly live: number } {
    const figures = { planned: 0, live: 0 };
    for (const path of this.#pulled.values()) {
      for (const leg of path.legs) {
        figures.planned++;
        if (leg.isLive) figures.live++;
      }
    }
    return figures;
  }

  #add({ path, source }: PlannedPath): void {
    // A camera publishes it, or an encoder of ours.
    if (source.from !== 'legs') {
      this.#published.add(path);
      return;
    }
    const pulled = new LegsPath(path, source.legs, this.#options.surroundings, () => this.#noteChange(path));
    this.#pulled.set(path, pulled);
    pulled.start();
    this.#noteChange(path);
  }

  async #remove({ path }: PlannedPath): Promise<void> {
    this.#said.delete(path);
    this.#published.remove(path);
    const pulled = this.#pulled.get(path);
    this.#pulled.delete(path);
    await pulled?.close();
  }

  #describe(path: string): PathState | undefined {
    return this.#pulled.get(path)?.describe() ?? this.#published.describe(path);
  }

  #noteChange(path: string): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#sayChanges());
    this.#changed.add(path);
  }

  #sayChanges(): void {
    const changed: PathState[] = [];
    for (const path of this.#changed) {
      const state = this.#describe(path);
      const text = JSON.stringify(state);
      if (state === undefined || this.#said.get(path) === text) continue;
      this.#said.set(path, text);
      changed.push(state);
    }
    this.#changed.clear();
    if (changed.length > 0) this.#options.onStates(changed);
  }
}

/** `original/a/b/c` of `rtsp://host:8554/original/a/b/c`. */
function pathOfUrl(url: string): string {
  return new URL(url).pathname.slice(1);
}
