import { expect, it } from 'vitest';
import { PublishedPaths } from './published-paths.ts';

it("follows MediaMTX's word and says what changed alone", () => {
  let nowMs = 1;
  const changes: string[] = [];
  const paths = new PublishedPaths(
    () => nowMs,
    (path) => changes.push(path),
  );
  paths.add('original/a/b/c');
  paths.add('original/a/b/d');
  nowMs = 2;
  changes.length = 0;
  const c = { name: 'original/a/b/c', available: true, tracks2: [{ codec: 'H264' }] };
  paths.take([
    c,
    { name: 'original/foreign', available: true },
    { name: 'original/a/b/d', available: false },
  ]);
  nowMs = 3;
  paths.take([c]);
  expect(changes).toEqual(['original/a/b/c']);
  expect(paths.describe('original/a/b/c')).toEqual({
    path: 'original/a/b/c',
    online: true,
    sinceMs: 2,
    tracks: ['H264'],
  });
  paths.take([{ ...c, tracks2: [{ codec: 'H265' }] }]);
  expect(paths.describe('original/a/b/c')).toMatchObject({ sinceMs: 2, tracks: ['H265'] });
  nowMs = 4;
  paths.take([]);
  expect(paths.describe('original/a/b/c')).toMatchObject({ online: false, sinceMs: 4, tracks: [] });
  expect(changes).toHaveLength(3);
});
