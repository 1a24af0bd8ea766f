import { writeFileSync } from 'node:fs';
import { alignColumns } from '../repetitions/columns.ts';
import { drawSeries } from './autoscaling/picture.ts';
import { AutoscalingRun, TARGET_PERCENT, type ViewerFigures } from './autoscaling/run.ts';
import { listScaleOuts, type Moment, type ScaleOut } from './autoscaling/series.ts';

export interface AutoscalingFigures {
  readonly targetPercent: number;
  readonly scaleOuts: readonly ScaleOut[];
  readonly viewers: readonly ViewerFigures[];
  readonly moments: readonly Moment[];
}

/** How a pool follows its load, with a picture of it. */
export async function benchAutoscaling(picture: string): Promise<AutoscalingFigures> {
  const run = await AutoscalingRun.open();
  const leave = () => void run.close().finally(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    await run.measure();
  } finally {
    await run.close();
    process.off('SIGINT', leave).off('SIGTERM', leave);
    // Of a run that failed too: it shows where.
    if (run.moments.length > 0) writeFileSync(picture, drawSeries(run.moments, TARGET_PERCENT));
  }
  const { moments, figures: viewers } = run;
  const scaleOuts = listScaleOuts(moments, TARGET_PERCENT);
  console.log(formatViewers(viewers));
  for (const { from, to, decidedMs, readyMs } of scaleOuts)
    console.log(
      `${from} -> ${to} workers: wanted ${seconds(decidedMs)} after metrics.k8s.io was above ${TARGET_PERCENT} %, ready after ${seconds(readyMs)}`,
    );
  return { targetPercent: TARGET_PERCENT, scaleOuts, viewers, moments };
}

function formatViewers(viewers: readonly ViewerFigures[]): string {
  const cells = viewers.map(({ camera, framesLost, broken, gapMs, disconnects }) =>
    [camera, framesLost, broken, Math.round(gapMs), disconnects].map(String),
  );
  return alignColumns([['camera', 'frames lost', 'broken', 'longest gap', 'disconnects'], ...cells]);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
