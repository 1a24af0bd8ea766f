import type { Clock } from '../kube/clock.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';

/** How long each long-running loop has been silent, for the liveness page: a loop that hangs ends the process. */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #metrics: OperatorMetrics;
  readonly #loops = new Map<string, { beatMs: number; maxSilenceMs: number }>();

  constructor(clock: Clock, metrics: OperatorMetrics) {
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** Registers a loop; returns what it calls each time round. */
  register(loop: string, maxSilenceMs: number): () => void {
    const entry = { beatMs: this.#clock.nowMs(), maxSilenceMs };
    this.#loops.set(loop, entry);
    const beat = () => {
      entry.beatMs = this.#clock.nowMs();
      this.#metrics.loopHeartbeat.set({ loop }, this.#clock.wallMs() / 1000);
    };
    beat();
    return beat;
  }

  /** Of each loop: how long it has been silent, and whether that is no longer than it may be. */
  read(): Record<string, { silentMs: number; alive: boolean }> {
    const nowMs = this.#clock.nowMs();
    const loops: Record<string, { silentMs: number; alive: boolean }> = {};
    for (const [loop, { beatMs, maxSilenceMs }] of this.#loops) {
      const silentMs = Math.round(nowMs - beatMs);
      loops[loop] = { silentMs, alive: silentMs <= maxSilenceMs };
    }
    return loops;
  }
}
