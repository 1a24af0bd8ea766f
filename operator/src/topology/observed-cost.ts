/**
 * Estimates corrected by what encoders are seen to use. One that runs costs what it uses; one that does not yet, its
 * estimate times what those that run cost beyond theirs: another CPU, busier pictures.
 */

/** An encoder that runs. */
export interface ObservedUse {
  estimatedCores: number;
  /** Over a minute or so: a moment's use would make renditions wander. */
  usedCores: number;
}

/** So many encoders' worth of doubt: one odd camera does not change what all others are thought to cost. */
const PRIOR_WEIGHT = 4;
/** What is seen beyond this is a fault or an idle source, and no measure for others. */
const MOST = 4;

/** By how much estimates are to be multiplied; the geometric mean of what is seen, pulled towards 1. */
export function calibrateEstimates(observed: Iterable<ObservedUse>): number {
  let sum = 0;
  let count = 0;
  for (const { estimatedCores, usedCores } of observed) {
    if (estimatedCores <= 0 || usedCores <= 0) continue;
    sum += Math.log(clamp(usedCores / estimatedCores));
    count++;
  }
  return Math.exp(sum / (count + PRIOR_WEIGHT));
}

/** In cores. `usedCores` is undefined of an encoder that does not run. */
export function correctCost(
  estimatedCores: number,
  usedCores: number | undefined,
  calibration: number,
): number {
  if (usedCores === undefined) return estimatedCores * calibration;
  return estimatedCores * clamp(usedCores / estimatedCores);
}

function clamp(ratio: number): number {
  return Math.min(Math.max(ratio, 1 / MOST), MOST);
}
