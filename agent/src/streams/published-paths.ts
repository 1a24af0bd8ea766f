/** The paths that cameras push to: whether they are there is MediaMTX's word. */
import type { PathState } from '@cupola/protocol';

/** What of MediaMTX's answer is of interest. */
export interface ReportedPath {
  readonly name?: string | undefined;
  /** Whether a reader that joins is served. */
  readonly available?: boolean | undefined;
  readonly tracks2?: readonly { readonly codec?: string | undefined }[] | undefined;
}

export class PublishedPaths {
  readonly #states = new Map<string, PathState>();
  readonly #wallClockMs: () => number;
  readonly #onChange: (path: string) => void;

  constructor(wallClockMs: () => number, onChange: (path: string) => void) {
    this.#wallClockMs = wallClockMs;
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#states.size;
  }

  add(path: string): void {
    this.#states.set(path, { path, online: false, sinceMs: this.#wallClockMs(), tracks: [] });
    this.#onChange(path);
  }

  remove(path: string): void {
    this.#states.delete(path);
  }

  describe(path: string): PathState | undefined {
    return this.#states.get(path);
  }

  /** The whole of what MediaMTX has; nothing while it does not answer. */
  take(reported: readonly ReportedPath[]): void {
    const byName = new Map(reported.map((each) => [each.name, each]));
    for (const state of this.#states.values()) {
      const found = byName.get(state.path);
      const online = found?.available ?? false;
      const tracks = online ? (found?.tracks2 ?? []).map((track) => track.codec ?? '') : [];
      if (online === state.online && tracks.join() === state.tracks.join()) continue;
      const sinceMs = online === state.online ? state.sinceMs : this.#wallClockMs();
      this.#states.set(state.path, { path: state.path, online, sinceMs, tracks });
      this.#onChange(state.path);
    }
  }
}
