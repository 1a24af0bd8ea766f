import { expect, test } from 'vitest';
import { listScaleOuts, type Moment } from './series.ts';

/** A moment a second: `wanted/ready/percent`. */
function makeMoments(...told: string[]): Moment[] {
  return told.map((words, index) => {
    const [wanted = 0, ready = 0, cpuPercent = 0] = words.split('/').map(Number);
    return { atMs: index * 1_000, cameras: 1, wanted, workers: ready, ready, cpuPercent, frozenMs: 0 };
  });
}

test('a scale-out is told from the first figure above the target to the wish, and to the worker being ready', () => {
  const moments = makeMoments('2/2/60', '2/2/90', '2/2/95', '3/2/95', '3/2/95', '3/3/70');
  expect(listScaleOuts(moments, 70)).toEqual([{ from: 2, to: 3, decidedMs: 2_000, readyMs: 4_000 }]);
});

test.each([
  { what: 'growth that no load asked for', moments: makeMoments('1/1/10', '2/1/10', '2/2/10') },
  { what: 'a load within the tolerance', moments: makeMoments('1/1/76', '1/1/76', '2/2/76') },
  { what: 'a load that went again', moments: makeMoments('1/1/90', '1/1/20', '2/2/20') },
  { what: 'shrinking', moments: makeMoments('3/3/90', '2/3/20', '2/2/20') },
])('$what is none', ({ moments }) => {
  expect(listScaleOuts(moments, 70)).toEqual([]);
});
