/**
 * Puts cameras right that are late here by SRT (judge-push.ts): their connection is closed once, and they come back in
 * time. Only what a camera pushes to both sides is touched, and only while the other side has it. New connections stand in
 * the list of paths that MediaMTX is asked for anyway; each is asked after once.
 *
 *     waiting --the other side has it--> looking --in time, spared, incurable, no answer--> settled
 *                                           |-----late--> closed
 */
import type { MediaPlan, OperatorMessage } from '@cupola/protocol';
import type { ApiPath, ControlApi } from './control-api.ts';
import { isLookDue, judgePush, LATE_MS, measureLateness } from './judge-push.ts';

type SourcesMessage = Extract<OperatorMessage, { type: 'sources' }>;

export interface LatePushesOptions {
  readonly api: Pick<ControlApi, 'getSrtConnection' | 'kick'>;
  /** Who reads from this pod, other than the tiers after it. Rejects when MediaMTX does not answer. */
  countViewers(): Promise<number>;
  readonly nowMs: () => number;
  onClosed(path: string, lateMs: number): void;
  /** Said once, until the camera connects in time. */
  onIncurable(path: string, lateMs: number): void;
  /** What `screen` lets through has changed. */
  onScreened(): void;
}

interface Push {
  /** Of the connection. */
  readonly id: string;
  readonly sinceMs: number;
  state: 'waiting' | 'looking' | 'closed' | 'settled';
  /** Whether `screen` has let it through. */
  isShown: boolean;
}

export class LatePushes {
  readonly #options: LatePushesOptions;
  #workload = '';
  /** The workload that is the other side, by the paths that cameras push to both. */
  #otherSides: ReadonlyMap<string, string> = new Map();
  /** Since when the other side has a path, as far as was heard. */
  readonly #others = new Map<string, number>();
  readonly #pushes = new Map<string, Push>();
  /** Paths whose push was late, until one is in time: it was closed, or that has not helped and was said. */
  readonly #remedies = new Map<string, 'closed' | 'vain'>();
  /** Connections closed since the start. */
  closed = 0;

  constructor(options: LatePushesOptions) {
    this.#options = options;
  }

  takePlan(plan: MediaPlan): void {
    const otherSides = new Map<string, string>();
    for (const { path, source } of plan.paths) {
      if (source.from === 'publish' && source.otherSide !== undefined) otherSides.set(path, source.otherSide);
    }
    this.#workload = plan.workload;
    this.#otherSides = otherSides;
    for (const known of [this.#others, this.#pushes, this.#remedies]) {
      for (const path of known.keys()) if (!otherSides.has(path)) known.delete(path);
    }
  }

  /** The feed's word on what other workloads have. */
  takeSources({ workload, paths }: SourcesMessage): void {
    for (const { path, online } of paths) {
      if (this.#otherSides.get(path) !== workload) continue;
      if (!online) this.#others.delete(path);
      else if (!this.#others.has(path)) this.#others.set(path, this.#options.nowMs());
    }
  }

  /** Nobody is there any more who would say so. */
  forgetSources(): void {
    this.#others.clear();
  }

  /**
   * MediaMTX's list of paths without those that are to be closed, or may be: nobody should count on them. What was let
   * through stays until it is closed.
   */
  screen(paths: readonly ApiPath[]): ApiPath[] {
    const nowMs = this.#options.nowMs();
    const reported = new Set<string>();
    const shown = paths.filter(({ name, available, source }) => {
      const id = source?.type === 'srtConn' ? source.id : undefined;
      if (!available || id === undefined || name === undefined || !this.#otherSides.has(name)) return true;
      reported.add(name);
      const push = this.#recall(name, id, nowMs);
      if (push.state === 'waiting' && this.#isDue(name, push, nowMs)) void this.#look(name, push);
      push.isShown = push.state !== 'closed' && (push.isShown || push.state !== 'looking');
      return push.isShown;
    });
    for (const path of this.#pushes.keys()) if (!reported.has(path)) this.#pushes.delete(path);
    return shown;
  }

  #recall(path: string, id: string, nowMs: number): Push {
    const known = this.#pushes.get(path);
    if (known?.id === id) return known;
    const push: Push = { id, sinceMs: nowMs, state: 'waiting', isShown: false };
    this.#pushes.set(path, push);
    return push;
  }

  #isDue(path: string, { sinceMs }: Push, nowMs: number): boolean {
    const otherSinceMs = this.#others.get(path);
    const isSecond = this.#workload > (this.#otherSides.get(path) ?? '');
    return isLookDue({ pushSinceMs: sinceMs, otherSinceMs, nowMs, isSecond });
  }

  async #look(path: string, push: Push): Promise<void> {
    push.state = 'looking';
    try {
      push.state = await this.#judge(path, push.id);
    } catch {
      // MediaMTX does not answer, which is logged as such: its pushes end, or go on as they are.
      push.state = 'settled';
    }
    this.#options.onScreened();
  }

  async #judge(path: string, id: string): Promise<Push['state']> {
    const { api, countViewers, onIncurable } = this.#options;
    const figures = await api.getSrtConnection(id);
    if (figures === undefined) return 'settled';
    const lateMs = measureLateness(figures);
    const viewers = lateMs > LATE_MS ? await countViewers() : 0;
    const remedy = this.#remedies.get(path);
    switch (judgePush({ lateMs, wasClosed: remedy !== undefined, viewers })) {
      case 'InTime':
        this.#remedies.delete(path);
        return 'settled';
      case 'Spared':
        return 'settled';
      case 'Incurable':
        this.#remedies.set(path, 'vain');
        if (remedy === 'closed') onIncurable(path, lateMs);
        return 'settled';
      case 'Late':
        return this.#close(path, id, lateMs);
    }
  }

  async #close(path: string, id: string, lateMs: number): Promise<Push['state']> {
    // The other side may have gone meanwhile.
    if (!this.#others.has(path)) return 'waiting';
    if (await this.#options.api.kick({ protocol: 'srt', id })) {
      this.#remedies.set(path, 'closed');
      this.closed++;
      this.#options.onClosed(path, lateMs);
    }
    return 'closed';
  }
}
