import { frameIntervalMs, type Load } from './load.ts';
import type { Measured } from './measure.ts';
import type { AgentMeasured } from './run.ts';

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Pictures at the probes. */
export interface Delays extends Quantiles {
  readonly pictures: number;
  /** Later than one frame interval. */
  readonly late: number;
  /** Never came. */
  readonly lost: number;
}

/** One load's row. Delays and pauses in ms. */
export interface MergeFigures {
  readonly load: string;
  readonly cameras: number;
  /** How many cameras one core carries at the cost that was measured. */
  readonly camerasPerCore: number;
  readonly mediamtxCamerasPerCore: number;
  readonly floorCamerasPerCore: number;
  readonly latencyMs: Delays;
  readonly mediamtxLatencyMs: Delays;
  readonly floorLatencyMs: Delays;
  readonly gcPauseMs: Quantiles;
  /** Time in collections, of all time; JavaScript objects allocated. */
  readonly gcShare: number;
  readonly allocatedMiBPerSecond: number;
  /** Of the agent: 40 cameras with legs that are copies (`merge`) or other encodings (`switch`), and 200 streams. */
  readonly rssMiB: { readonly merge40: number; readonly switch40: number; readonly merge200: number };
  /** The agent with 200 streams. `idle`: what was left of the machine, 0 to 1. */
  readonly streams200: { readonly cores: number; readonly idle: number; readonly latencyMs: Delays };
}

/** What one load was measured with; the first three a round each. */
export interface MergeMeasurements {
  readonly agent: readonly AgentMeasured[];
  readonly mediamtx: readonly Measured[];
  readonly floor: readonly Measured[];
  readonly merge40: Measured;
  readonly switch40: Measured;
  readonly merge200: Measured;
}

export function gatherFigures(load: Load, seconds: number, measured: MergeMeasurements): MergeFigures {
  const { agent, mediamtx, floor, merge40, switch40, merge200 } = measured;
  const pausesMs = agent.flatMap(({ gc }) => gc.pausesMs);
  const perCore = (each: readonly Measured[]) =>
    Math.round(load.cameras / medianOf(each.map(({ cores }) => cores)));
  return {
    load: load.name,
    cameras: load.cameras,
    camerasPerCore: perCore(agent),
    mediamtxCamerasPerCore: perCore(mediamtx),
    floorCamerasPerCore: perCore(floor),
    latencyMs: delaysOf(agent, load),
    mediamtxLatencyMs: delaysOf(mediamtx, load),
    floorLatencyMs: delaysOf(floor, load),
    gcPauseMs: quantilesOf(pausesMs),
    gcShare: pausesMs.reduce((sum, pauseMs) => sum + pauseMs, 0) / (agent.length * seconds * 1_000),
    allocatedMiBPerSecond: medianOf(agent.map(({ gc }) => gc.allocatedMib)) / seconds,
    rssMiB: {
      merge40: Math.round(merge40.residentMib),
      switch40: Math.round(switch40.residentMib),
      merge200: Math.round(merge200.residentMib),
    },
    streams200: { cores: merge200.cores, idle: merge200.idle, latencyMs: delaysOf([merge200], load) },
  };
}

/** The figures of all loads as a table for people. */
export function formatFigures(figures: readonly MergeFigures[]): string {
  const lines: [string, (each: MergeFigures) => string][] = [
    ['', ({ load }) => load],
    [
      'cameras a core: agent, MediaMTX, floor',
      (each) => `${each.camerasPerCore}, ${each.mediamtxCamerasPerCore}, ${each.floorCamerasPerCore}`,
    ],
    ["the agent's CPU to the floor's", (each) => (each.floorCamerasPerCore / each.camerasPerCore).toFixed(2)],
    ['delay p50, p99, late: agent', ({ latencyMs }) => formatDelays(latencyMs)],
    ['delay p50, p99, late: MediaMTX', ({ mediamtxLatencyMs }) => formatDelays(mediamtxLatencyMs)],
    ['delay p50, p99, late: floor', ({ floorLatencyMs }) => formatDelays(floorLatencyMs)],
    [
      'GC pauses p50, p99, max; share',
      ({ gcPauseMs: { p50, p99, max }, gcShare }) =>
        `${[p50, p99, max].map((ms) => ms.toFixed(1)).join(', ')} ms; ${(gcShare * 100).toFixed(1)} %`,
    ],
    ['objects allocated', (each) => `${each.allocatedMiBPerSecond.toFixed(1)} MiB/s`],
    [
      'RSS: 40 cameras merge, switch; 200',
      ({ rssMiB }) => `${rssMiB.merge40}, ${rssMiB.switch40}; ${rssMiB.merge200} MiB`,
    ],
    [
      '200 streams: cores; machine idle',
      ({ streams200 }) => `${streams200.cores.toFixed(2)}; ${(streams200.idle * 100).toFixed(0)} %`,
    ],
    ['200 streams: delay p50, p99, late', ({ streams200 }) => formatDelays(streams200.latencyMs)],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines
    .map(([name, read]) => [name.padEnd(width), ...figures.map((each) => read(each).padEnd(36))].join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (quantile: number) =>
    Number((sorted[Math.floor((sorted.length - 1) * quantile)] ?? 0).toFixed(2));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function delaysOf(measured: readonly Measured[], load: Load): Delays {
  const delaysMs = measured.flatMap((each) => each.delaysMs);
  return {
    ...quantilesOf(delaysMs),
    pictures: delaysMs.length,
    late: delaysMs.filter((delayMs) => delayMs > frameIntervalMs(load)).length,
    lost: measured.reduce((sum, { lost }) => sum + lost, 0),
  };
}

function formatDelays({ p50, p99, late, lost, pictures }: Delays): string {
  const share = `${late} of ${pictures}${lost === 0 ? '' : `, ${lost} lost`}`;
  return `${p50.toFixed(1)}, ${p99.toFixed(1)} ms; ${share}`;
}
