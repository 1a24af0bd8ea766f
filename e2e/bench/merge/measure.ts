/** One process watched for some seconds while media flow through it. */
import { setTimeout as delay } from 'node:timers/promises';
import { watchIdle } from '../processes/machine-idle.ts';
import { readCpuSeconds, readResidentMib } from '../processes/process-cost.ts';
import type { DelayProbe } from './delay-probe.ts';

/** Media come in streams that start one after the other: buffers and compiled code are as they stay after this. */
const SETTLE_MS = 3_000;
/** What was sent in the last moments may still be under way. */
const UNDER_WAY_MS = 500;

export interface Measured {
  readonly cores: number;
  /** Cores of the processes named beside it, by name. */
  readonly others: Readonly<Record<string, number>>;
  readonly residentMib: number;
  readonly delaysMs: readonly number[];
  readonly lost: number;
  /** Of all cores of the machine, 0 to 1: how much was left. Near 0, delays say nothing of the process. */
  readonly idle: number;
}

export interface Watched {
  readonly pid: number;
  readonly others: Readonly<Record<string, number>>;
  readonly probes: readonly DelayProbe[];
  /** Called when the time that counts begins. */
  onBegin?(): void;
}

export async function measure(watched: Watched, seconds: number): Promise<Measured> {
  await delay(SETTLE_MS);
  watched.onBegin?.();
  const names = Object.keys(watched.others);
  const readAll = () => Promise.all([watched.pid, ...Object.values(watched.others)].map(readCpuSeconds));
  const readIdle = watchIdle();
  const beginMs = performance.now();
  const before = await readAll();
  await delay(seconds * 1_000);
  const after = await readAll();
  const endMs = performance.now();
  const idle = readIdle();
  const cores = after.map((value, index) => ((value - (before[index] ?? 0)) * 1_000) / (endMs - beginMs));
  const residentMib = await readResidentMib(watched.pid);
  await delay(UNDER_WAY_MS);
  const heard = watched.probes.map((probe) => probe.read(beginMs, endMs));
  return {
    cores: cores[0] ?? 0,
    others: Object.fromEntries(names.map((name, index) => [name, cores[index + 1] ?? 0])),
    residentMib,
    idle,
    delaysMs: heard.flatMap(({ delaysMs }) => delaysMs),
    lost: heard.reduce((sum, { lost }) => sum + lost, 0),
  };
}
