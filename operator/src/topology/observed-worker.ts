import type { PlanRecord } from './plan-record.ts';

/** What is live of one worker of a pool, as far as planning and status go by it. */
export interface ObservedWorker {
  /** In its name. */
  index: number;
  name: string;
  isReady: boolean;
  /** Whether its agent is connected: Kubernetes takes a pod for ready until it misses the node, 40 s and more. */
  isHeard: boolean;
  /** Away for so long that what it encodes is to be encoded elsewhere. */
  isLost: boolean;
  /** Whether its pod is to go: its node takes no more pods, or it is being shut down. */
  isCordoned: boolean;
  isRollingOut: boolean;
  /** Whether its pod template is not as it should be. */
  isOutdated: boolean;
  /** Where its pod runs, and that node's zone. */
  node?: string;
  zone?: string;
  plan?: PlanRecord;
  /** Paths that encoders of it are at work on, by its agent's word; the last one where it is away. */
  encoding: ReadonlySet<string>;
}

/** Paths that the plan in force has the worker encode, and those that it stands by for. */
export function listWork({ plan }: Pick<ObservedWorker, 'plan'>): { encoded: string[]; standby: string[] } {
  const work: { encoded: string[]; standby: string[] } = { encoded: [], standby: [] };
  for (const { path, source } of plan?.paths.values() ?? []) {
    if (source.from !== 'transcode') continue;
    (source.standbyFor === undefined ? work.encoded : work.standby).push(path);
  }
  return work;
}

/** What it encodes: by the plan, and as a standby that stands in, or that has not handed over yet. */
export function listEncoded(worker: Pick<ObservedWorker, 'plan' | 'encoding'>): string[] {
  const { encoded, standby } = listWork(worker);
  return [...encoded, ...standby.filter((path) => worker.encoding.has(path))];
}
