/** A pool's life under a load, as samples of about a second. */
import { z } from 'zod';

export const momentSchema = z.object({
  /** Since the beginning. */
  atMs: z.number(),
  cameras: z.number(),
  /** Those that the autoscaler wants, those that there are, and those that are ready. */
  wanted: z.number(),
  workers: z.number(),
  ready: z.number(),
  /** Of what the workers' pods ask for, as metrics.k8s.io has it; left out where it has nothing of them. */
  cpuPercent: z.number().optional(),
  /** The longest time without a picture that ended or went on in this moment, of all viewers, less a frame interval. */
  frozenMs: z.number(),
});
export type Moment = z.infer<typeof momentSchema>;

/** The autoscaler leaves things as they are within a tenth of its target (--horizontal-pod-autoscaler-tolerance). */
const TOLERANCE = 1.1;

export interface ScaleOut {
  readonly from: number;
  readonly to: number;
  /** From the first figure above the target to the autoscaler wanting more workers; ms. */
  readonly decidedMs: number;
  /** The same until they are ready. */
  readonly readyMs: number;
}

/**
 * Each time that the autoscaler wanted more because of the load: the use of CPU was above the target before. Growth
 * without that came from the operator, which raises the minimum so that nothing waits.
 */
export function listScaleOuts(moments: readonly Moment[], targetPercent: number): ScaleOut[] {
  const found: ScaleOut[] = [];
  let crossedMs: number | undefined;
  for (const [index, { atMs, cpuPercent = 0, wanted }] of moments.entries()) {
    const before = moments[index - 1]?.wanted ?? wanted;
    if (wanted > before && crossedMs !== undefined) {
      const ready = moments.slice(index).find((moment) => moment.ready >= wanted);
      const readyMs = (ready?.atMs ?? Number.NaN) - crossedMs;
      found.push({ from: before, to: wanted, decidedMs: atMs - crossedMs, readyMs });
    }
    if (wanted !== before || cpuPercent <= targetPercent * TOLERANCE) crossedMs = undefined;
    else crossedMs ??= atMs;
  }
  return found;
}
