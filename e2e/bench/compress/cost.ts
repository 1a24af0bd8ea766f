import path from 'node:path';
import { bundle } from '../../../tools/bundle.ts';
import { checkoutFolder } from '../../cluster/folders.ts';
import { type CostFigures, formatCost, gatherCost, type RoundCost } from './cost/figures.ts';
import { CostRun } from './cost/run.ts';

/** Twice: as many as leave room on two cores. */
const RENDITIONS = 2;

/** What a rendition costs on a worker, beside FFmpeg by hand; in a place that looks like a pod (pod-place.ts). */
export async function benchCost({
  rounds,
  seconds,
}: {
  rounds: number;
  seconds: number;
}): Promise<CostFigures> {
  const program = await bundle('agent');
  const run = new CostRun({ root: path.resolve(checkoutFolder), program, renditions: RENDITIONS, seconds });
  const leave = () => void run.close().then(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  const costs: RoundCost[] = [];
  try {
    await run.start();
    while (costs.length < rounds) costs.push(await run.measureRound());
  } finally {
    await run.close();
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
  const figures = gatherCost(RENDITIONS, costs);
  console.log(formatCost(figures));
  return figures;
}
