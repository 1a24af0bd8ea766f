import type { PlannedPath } from '@cupola/protocol';
import { expect, it } from 'vitest';
import { buildPool } from '../../test/pool-builders.ts';
import { buildFactory, buildSite } from '../../test/tier-builders.ts';
import { keepEncodings } from './kept-encoding.ts';
import { readPlan } from './plan-record.ts';
import { listPoolRenditions } from './pool-demand.ts';

function listOf(video: object) {
  const compression = { profiles: [{ name: 'web', video }] };
  const site = buildSite({ cameras: [{ name: 'gate', push: {} }], compression });
  return listPoolRenditions([{ site, factory: buildFactory(), findShard: () => 0 }]);
}

/** A worker that encodes them. */
function workerOf(renditions: ReturnType<typeof listOf>) {
  const paths = renditions.map(({ rendition }): PlannedPath => {
    const { path, original: input, encoding } = rendition;
    return { path, source: { from: 'transcode', input, encoding, memoryMiB: 64 } };
  });
  const text = JSON.stringify({ revision: 1, workload: 'a/b', paths, readers: [], openToReaders: false });
  return { plan: readPlan(text)! };
}

it('what asks for hardware that its pool has not goes on as it is encoded, what is new does not begin', () => {
  const [before, asked] = [listOf({ height: 360 }), listOf({ height: 720, hardware: 'NVENC' })];
  const kept = keepEncodings(asked, buildPool(), [workerOf(before)]);
  expect(kept.map(({ rendition }) => rendition.encoding)).toEqual([before[0]?.rendition.encoding]);
  expect(keepEncodings(asked, buildPool(), [])).toEqual(asked);
  const offering = buildPool({ hardware: { encoder: 'NVENC' } });
  expect(keepEncodings(asked, offering, [workerOf(before)])).toEqual(asked);
});
