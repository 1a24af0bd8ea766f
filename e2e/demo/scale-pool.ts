/** A pool gets a worker more, and loses it again, while somebody watches what it encodes. */
import { performance } from 'node:perf_hooks';
import { say } from '../cluster/progress.ts';
import { Reader } from '../peers/reader.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { Kubectl } from '../stage/kubectl.ts';
import { untilWorkers } from '../stage/live-pool.ts';
import type { Login } from '../stage/secrets.ts';
import type { DemoStream } from './report.ts';

/** The Site, and the pool that is made for it. */
const POOL = { namespace: 'demo-harbour', name: 'harbour' };
/** As the Site's manifest has it. */
const LEAST_WORKERS = 2;
const WATCHED: readonly string[] = ['harbour/gate', 'harbour/gate/low'];

/** Says what comes of each step. `viewer`: who may watch, and from where. */
export async function scalePool(
  kubectl: Kubectl,
  streams: readonly DemoStream[],
  viewer: Login & { netns: string },
): Promise<void> {
  const readers = await Promise.all(
    streams
      .filter(({ name }) => WATCHED.includes(name))
      .map(async ({ name, urls, video }) => {
        const reader = await Reader.open({ url: urls.rtsp ?? '', ...viewer, video }, BUDGETS.picture);
        return { name, reader };
      }),
  );
  const before = await countWorkers((count) => count > 0);
  await scaleTo(before + 1, (count) => count > before);
  // By the autoscaler, which needs no more than before.
  await scaleTo(LEAST_WORKERS, (count) => count <= before);
  await Promise.all(readers.map(({ reader }) => reader.close()));

  async function scaleTo(minReplicas: number, isRight: (count: number) => boolean): Promise<void> {
    for (const { reader } of readers) reader.longestGapMs = 0;
    const askedMs = performance.now();
    const spec = { pool: { autoscaling: { minReplicas } } };
    await kubectl.patch(POOL.namespace, `sites/${POOL.name}`, { spec });
    const count = await countWorkers(isRight);
    const seconds = ((performance.now() - askedMs) / 1_000).toFixed(1);
    await Promise.all(readers.map(({ reader }) => reader.pictures(1, BUDGETS.picture)));
    const pauses = readers.map(({ name, reader }) => `${name} ${Math.round(reader.longestGapMs)} ms`);
    say(`${count} workers after ${seconds} s; longest time without a picture: ${pauses.join(', ')}`);
  }
  async function countWorkers(isRight: (count: number) => boolean): Promise<number> {
    return (await untilWorkers(kubectl, POOL.namespace, isRight, BUDGETS.scaled)).length;
  }
}
