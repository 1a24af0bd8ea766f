/** What a worker's plan has of the renditions that are placed on it, and what others' plans have of the worker. */
import { type Leg, type PlannedPath, PORTS } from '@cupola/protocol';
import { qualify, serviceHost } from '../topology/names.ts';
import { listWorkers, type Placement } from '../topology/placement/pool.ts';
import type { EncodedRendition } from '../topology/renditions.ts';

export interface WorkerRendition {
  rendition: Pick<EncodedRendition, 'path' | 'original' | 'encoding'>;
  /** Of the original, at its factory. */
  originalLegs: Leg[];
  placement: Placement;
  /** Workers that are done with it, and go on until no factory takes it from them any more. */
  finishing?: readonly string[];
}

export interface WorkerPlanning {
  namespace: string;
  /** The worker that the plan is for. */
  worker: string;
  memoryMiB: number;
  renditions: readonly WorkerRendition[];
  /** What a standby shows to the worker for which it stands by. */
  credential: Leg['credential'];
}

/**
 * The originals that are encoded on the worker, each once, and the renditions. A standby has the original too: it
 * begins to encode without anybody's word, and from the last key frame on.
 */
export function planWorker(planning: WorkerPlanning): PlannedPath[] {
  const { worker, memoryMiB } = planning;
  const paths = new Map<string, PlannedPath>();
  for (const each of planning.renditions) {
    const { rendition, originalLegs, placement, finishing = [] } = each;
    if (!listWorkers(placement).includes(worker) && !finishing.includes(worker)) continue;
    paths.set(rendition.original, {
      path: rendition.original,
      source: { from: 'legs', legs: originalLegs, forEncodersOnly: true },
    });
    const standbyFor = findWatched(planning, each);
    paths.set(rendition.path, {
      path: rendition.path,
      source: {
        from: 'transcode',
        input: rendition.original,
        encoding: rendition.encoding,
        memoryMiB,
        ...(standbyFor && { standbyFor }),
      },
    });
  }
  return [...paths.keys()].sort().flatMap((path) => paths.get(path) ?? []);
}

/** The rendition at each worker that has it, in the order in which they are shown: a factory's legs. */
export function listRenditionLegs(
  namespace: string,
  path: string,
  placement: Placement,
  credential: Leg['credential'],
): Leg[] {
  return listWorkers(placement).map((worker) => renditionLeg(namespace, worker, path, credential));
}

/** The one that encodes now: while it moves, that is the one that it leaves. */
function findWatched(
  { namespace, worker, credential }: WorkerPlanning,
  { rendition, placement }: WorkerRendition,
): Leg | undefined {
  const [main] = [...placement.leaving, ...placement.active];
  if (placement.standby !== worker || main === undefined) return undefined;
  return renditionLeg(namespace, main, rendition.path, credential);
}

function renditionLeg(namespace: string, worker: string, path: string, credential: Leg['credential']): Leg {
  return {
    id: worker,
    url: `rtsp://${serviceHost(worker, namespace)}:${PORTS.rtsp}/${path}`,
    workload: qualify(namespace, worker),
    ...(credential && { credential }),
  };
}
