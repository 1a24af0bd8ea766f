/** What the worker and the bare programs used at the same time, over some seconds. */
export interface RoundCost {
  readonly cores: {
    readonly agent: number;
    readonly encoders: number;
    readonly mediamtx: number;
    /** FFmpeg by hand with the same encoder, and the MediaMTX that it publishes to. */
    readonly ffmpeg: number;
    readonly bareMediamtx: number;
  };
  /** Pictures a second of each rendition at its viewers: the least. */
  readonly framesPerSecond: number;
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
  readonly bareFramesPerSecond: number;
}

export function gatherCost(renditions: number, rounds: readonly RoundCost[]): CostFigures {
  const median = (read: (round: RoundCost) => number) => medianOf(rounds.map(read));
  const each = (read: (round: RoundCost) => number) => round(median(read) / renditions, 4);
  return {
    renditions,
    rounds: rounds.length,
    renditionsPerCore: round(renditions / median(sumOfWorker), 2),
    ffmpegRenditionsPerCore: round(renditions / median(sumOfBare), 2),
    // Of each round by itself: what else the machine did met both alike.
    beyondPercent: round(
      median((one) => (sumOfWorker(one) / sumOfBare(one) - 1) * 100),
      1,
    ),
    agentCores: each(({ cores }) => cores.agent),
    encoderCores: each(({ cores }) => cores.encoders),
    mediamtxCores: each(({ cores }) => cores.mediamtx),
    ffmpegCores: each(({ cores }) => cores.ffmpeg),
    bareMediamtxCores: each(({ cores }) => cores.bareMediamtx),
    framesPerSecond: round(
      median(({ framesPerSecond }) => framesPerSecond),
      1,
    ),
    bareFramesPerSecond: round(
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
    ['pictures a second', figures.framesPerSecond.toFixed(1), figures.bareFramesPerSecond.toFixed(1)],
    ['CPU beyond bare FFmpeg', `${beyondPercent.toFixed(1)} %`, ''],
  ];
  const width = Math.max(...lines.map(([name = '']) => name.length));
  return lines
    .map(([name = '', ...cells]) => [name.padEnd(width), ...cells.map((cell) => cell.padEnd(8))].join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function sumOfWorker({ cores }: RoundCost): number {
  return cores.agent + cores.encoders + cores.mediamtx;
}

function sumOfBare({ cores }: RoundCost): number {
  return cores.ffmpeg + cores.bareMediamtx;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
