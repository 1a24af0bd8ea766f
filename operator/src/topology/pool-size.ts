/** What one worker of a pool can do, from what its pods ask for. */
import type { CompressorPoolSpec } from '../api/compressor-pool.ts';
import type { Resources } from '../api/media-tier.ts';
import { fillRequests } from './container-requests.ts';
import type { WorkerSize } from './placement/count-workers.ts';

/** Encoders live in the agent's container: for some six of 720p15. */
const DEFAULT_ENCODER_REQUESTS = { cpu: '1', memory: '1Gi' } as const;

export function fillWorkerResources(resources: Resources): Resources {
  return { ...resources, agent: fillRequests(resources.agent, DEFAULT_ENCODER_REQUESTS) };
}

export function workerSizeOf({ renditionsPerWorker, resources }: CompressorPoolSpec): WorkerSize {
  const { requests, limits } = fillWorkerResources(resources).agent ?? {};
  const cpu = requests?.cpu ?? limits?.cpu ?? DEFAULT_ENCODER_REQUESTS.cpu;
  return { slots: renditionsPerWorker, cores: parseCores(cpu) };
}

/** `500m` or `2`. */
function parseCores(cpu: string): number {
  return cpu.endsWith('m') ? Number.parseFloat(cpu) / 1_000 : Number.parseFloat(cpu);
}
