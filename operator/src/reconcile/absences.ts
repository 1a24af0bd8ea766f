/**
 * Which workers are away for so long that what they encoded is to be encoded elsewhere. Shorter than a lost node is noticed
 * by Kubernetes, and longer than a container needs to start again. Kept in memory: an operator that starts begins to count
 * anew, and moves nothing meanwhile.
 */
const LOST_MS = 10_000;

export class Absences {
  /** Since when, by workload. */
  readonly #since = new Map<string, number>();

  /** Whether the workload is lost. `isThere`: its pod is ready, or its agent says that it serves. */
  note(workload: string, isThere: boolean, nowMs: number): boolean {
    if (isThere) {
      this.#since.delete(workload);
      return false;
    }
    const since = this.#since.get(workload) ?? nowMs;
    this.#since.set(workload, since);
    return nowMs - since >= LOST_MS;
  }

  /** The workload is no more. */
  forget(workload: string): void {
    this.#since.delete(workload);
  }

  /** How soon one of the workloads will be lost; undefined where none is about to be. */
  nextMs(workloads: readonly string[], nowMs: number): number | undefined {
    const left = workloads
      .map((workload) => this.#since.get(workload))
      .flatMap((since) => (since === undefined || nowMs - since >= LOST_MS ? [] : [since + LOST_MS - nowMs]));
    return left.length === 0 ? undefined : Math.min(...left);
  }
}
