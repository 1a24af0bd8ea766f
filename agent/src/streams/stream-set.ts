/** All paths of the pod's plan: brought from one plan to the next by difference, and described for the feed. */
import type { Leg, MediaPlan, OperatorMessage, PathState, PlannedPath, Source } from '@cupola/protocol';
import { LegsPath } from './legs-path.ts';
import { diffPaths } from './plan-difference.ts';
import { PublishedPaths, type ReportedPath } from './published-paths.ts';
import { SourceTap } from './source-tap.ts';
import type { PathSurroundings } from './surroundings.ts';
import { TranscodePath } from './transcode-path.ts';

/** How often legs are looked at for silence. */
const TICK_MS = 250;

/** Of a path that is played from the MediaMTX of this pod. */
const LOCAL_LEG = 'local';

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
  readonly #transcoded = new Map<string, TranscodePath>();
  /** By the path that encoders read. */
  readonly #taps = new Map<string, SourceTap>();
  /** Of the paths that encoders read and cameras push: played from MediaMTX. */
  readonly #local = new Map<string, LegsPath>();
  /** What was said last, by path. */
  readonly #said = new Map<string, string>();
  readonly #changed = new Set<string>();
  #plan: readonly PlannedPath[] = [];
  #tick: NodeJS.Timeout | undefined;

  constructor(options: StreamSetOptions) {
    this.#options = options;
    this.#published = new PublishedPaths(options.surroundings.wallClockMs, (path) => {
      if (this.#published.describe(path)?.online) this.#local.get(path)?.takeWord(LOCAL_LEG);
      this.#noteChange(path);
    });
  }

  get hasPublishedPaths(): boolean {
    return this.#published.size > 0;
  }

  /** Paths whose readers are kept attached although no leg lives. */
  get holdingCount(): number {
    let count = 0;
    for (const path of this.#merged()) if (path.isHolding) count++;
    return count;
  }

  start(): void {
    this.#tick = setInterval(() => {
      const nowMs = this.#options.surroundings.nowMs();
      for (const path of this.#merged()) path.tick(nowMs);
      for (const path of this.#local.values()) path.tick(nowMs);
    }, TICK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#tick);
    await Promise.all([...this.#merged(), ...this.#local.values()].map((path) => path.close()));
  }

  /** Resolves when what the plan no longer has is gone; what it has anew is on its way. */
  async apply(plan: MediaPlan): Promise<void> {
    const { closed, opened, altered } = diffPaths(this.#plan, plan.paths);
    this.#plan = plan.paths;
    const closing = closed.map((path) => this.#remove(path));
    for (const path of altered) this.#alter(path);
    for (const path of opened) this.#add(path);
    this.#tapSources();
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
      for (const leg of legsOf(source)) {
        if (leg.workload !== message.workload || !online.has(pathOfUrl(leg.url))) continue;
        this.#pulled.get(path)?.takeWord(leg.id);
        this.#transcoded.get(path)?.takeWord(leg.id);
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

  *#merged(): Generator<LegsPath | TranscodePath> {
    yield* this.#pulled.values();
    yield* this.#transcoded.values();
  }

  #add({ path, source }: PlannedPath): void {
    const { surroundings } = this.#options;
    const onChange = () => this.#noteChange(path);
    switch (source.from) {
      case 'publish':
        this.#published.add(path);
        return;
      case 'legs': {
        const isPublished = source.forEncodersOnly !== true;
        const pulled = new LegsPath(source.legs, { path, surroundings, isPublished, onChange });
        this.#pulled.set(path, pulled);
        pulled.start();
        break;
      }
      case 'transcode': {
        const tap = this.#tapOf(source.input);
        const transcoded = new TranscodePath(path, source, tap, surroundings, onChange);
        this.#transcoded.set(path, transcoded);
        transcoded.start();
      }
    }
    onChange();
  }

  #alter({ path, source }: PlannedPath): void {
    if (source.from === 'legs') this.#pulled.get(path)?.alter(source.legs);
    if (source.from === 'transcode') this.#transcoded.get(path)?.alter(source, this.#tapOf(source.input));
  }

  #tapOf(path: string): SourceTap {
    const tap = this.#taps.get(path) ?? new SourceTap();
    this.#taps.set(path, tap);
    return tap;
  }

  /** What encoders read is kept for them, and what no encoder reads any more is not. */
  #tapSources(): void {
    const inputs = new Map<string, PlannedPath | undefined>();
    for (const { source } of this.#plan) {
      if (source.from === 'transcode') inputs.set(source.input, undefined);
    }
    for (const path of this.#plan) if (inputs.has(path.path)) inputs.set(path.path, path);
    for (const path of this.#taps.keys()) if (!inputs.has(path)) this.#taps.delete(path);
    for (const [path, local] of this.#local) {
      if (inputs.get(path)?.source.from === 'publish') continue;
      this.#local.delete(path);
      void local.close();
    }
    for (const [path, pulled] of this.#pulled) pulled.setTap(this.#taps.get(path));
    for (const [path, planned] of inputs) {
      if (planned?.source.from === 'publish' && !this.#local.has(path)) this.#playLocal(path);
    }
  }

  /** What a camera pushes into this pod's MediaMTX. */
  #playLocal(path: string): void {
    const { surroundings } = this.#options;
    const { mediamtxUrl, credential } = surroundings;
    const leg = { id: LOCAL_LEG, url: `${mediamtxUrl}/${path}`, credential };
    const local = new LegsPath([leg], { path, surroundings, isPublished: false, onChange: () => undefined });
    this.#local.set(path, local);
    local.setTap(this.#tapOf(path));
    local.start();
  }

  async #remove({ path }: PlannedPath): Promise<void> {
    this.#said.delete(path);
    this.#published.remove(path);
    const merged = this.#pulled.get(path) ?? this.#transcoded.get(path);
    this.#pulled.delete(path);
    this.#transcoded.delete(path);
    await merged?.close();
  }

  #describe(path: string): PathState | undefined {
    const merged = this.#pulled.get(path) ?? this.#transcoded.get(path);
    return merged?.describe() ?? this.#published.describe(path);
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

function legsOf(source: Source): readonly Leg[] {
  if (source.from === 'legs') return source.legs;
  return source.from === 'transcode' && source.standbyFor !== undefined ? [source.standbyFor] : [];
}

/** `original/a/b/c` of `rtsp://host:8554/original/a/b/c`. */
function pathOfUrl(url: string): string {
  return new URL(url).pathname.slice(1);
}
