/** Cores that each part used, over some seconds of one round. */
export interface RoundCost {
  /** Agent, its encoders, and the worker's MediaMTX. */
  readonly worker: { readonly agent: number; readonly encoders: number; readonly mediamtx: number };
  /** FFmpeg by hand with the same encoder, and the MediaMTX that it publishes to. */
  readonly bare: { readonly ffmpeg: number; readonly mediamtx: number };
  /** Pictures a second of each rendition at its viewers: the least. */
  readonly workerFramesPerSecond: number;
  readonly bareFramesPerSecond: number;
}

/** Of `e2e/bench/out/compress.json`; cores and shares are medians over the rounds. */
export interface CostFigures {
  readonly renditions: number;
  readonly rounds: number;
  /** How many renditions one core carries. */
  readonly renditionsPerCore: number;
  readonly ffmpegRenditionsPerCore: number;
  /** CPU beyond that of the bare programs, in percent of it. */
  readonly beyondPercent: number;
  /** Cores a rendition. */
  readonly agentCores: number;
  readonly encoderCores: number;
  readonly mediamtxCores: number;
  readonly ffmpegCores: number;
  readonly bareMediamtxCores: number;
  readonly framesPerSecond: number;
  readonly ffmpegFramesPerSecond: number;
}

export function gatherCost(renditions: number, rounds: readonly RoundCost[]): CostFigures {
  const median = (read: (round: RoundCost) => number) => medianOf(rounds.map(read));
  const each = (read: (round: RoundCost) => number) => round(median(read) / renditions, 4);
  return {
    renditions,
    rounds: rounds.length,
    renditionsPerCore: round(renditions / median(sumOfWorker), 2),
    ffmpegRenditionsPerCore: round(renditions / median(sumOfBare), 2),
    // Of each round by itself: what else the machine does meets both halves of one.
    beyondPercent: round(
      median((one) => (sumOfWorker(one) / sumOfBare(one) - 1) * 100),
      1,
    ),
    agentCores: each(({ worker }) => worker.agent),
    encoderCores: each(({ worker }) => worker.encoders),
    mediamtxCores: each(({ worker }) => worker.mediamtx),
    ffmpegCores: each(({ bare }) => bare.ffmpeg),
    bareMediamtxCores: each(({ bare }) => bare.mediamtx),
    framesPerSecond: round(
      median(({ workerFramesPerSecond }) => workerFramesPerSecond),
      1,
    ),
    ffmpegFramesPerSecond: round(
      median(({ bareFramesPerSecond }) => bareFramesPerSecond),
      1,
    ),
  };
}

export function formatCost(figures: CostFigures): string {
  const { renditions, rounds, beyondPercent } = figures;
  const lines = [
    [`${renditions} renditions, ${rounds} rounds`, 'worker', 'bare FFmpeg'],
    ['renditions a core', figures.renditionsPerCore.toFixed(2), figures.ffmpegRenditionsPerCore.toFixed(2)],
    ['cores a rendition: FFmpeg', figures.encoderCores.toFixed(3), figures.ffmpegCores.toFixed(3)],
    ['  MediaMTX', figures.mediamtxCores.toFixed(3), figures.bareMediamtxCores.toFixed(3)],
    ['  agent', figures.agentCores.toFixed(3), '-'],
    ['pictures a second', figures.framesPerSecond.toFixed(1), figures.ffmpegFramesPerSecond.toFixed(1)],
    ['CPU beyond bare FFmpeg', `${beyondPercent.toFixed(1)} %`, ''],
  ];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  return lines
    .map(([name = '', ...cells]) => [name.padEnd(width), ...cells.map((cell) => cell.padEnd(8))].join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function sumOfWorker({ worker }: RoundCost): number {
  return worker.agent + worker.encoders + worker.mediamtx;
}

function sumOfBare({ bare }: RoundCost): number {
  return bare.ffmpeg + bare.mediamtx;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
