import type { PlannedPath } from '@cupola/protocol';
import { expect, it } from 'vitest';
import { narrowReaders } from './narrow-readers.ts';

const credential = { user: 'tier-yard.main', password: 'p' };
const source = { from: 'publish', credentials: [credential] } as const;
const plan = (...paths: string[]): PlannedPath[] =>
  paths.map((path) => ({ path, source: { ...source, credentials: [credential] } }));

it.each([
  {
    what: 'originals alone where there are no renditions',
    paths: ['original/', 'compressed/'],
    planned: plan('original/yard/dock/gate'),
    left: ['original/'],
  },
  {
    what: 'originals of a plan that has nothing yet',
    paths: ['original/yard/dock/'],
    planned: [],
    left: ['original/yard/dock/'],
  },
  {
    what: 'renditions of those Sites that it has some of',
    paths: ['compressed/yard/dock/', 'compressed/yard/docks/'],
    planned: plan('original/yard/dock/gate', 'compressed/yard/dock/gate/web'),
    left: ['compressed/yard/dock/'],
  },
])('gives $what', ({ paths, planned, left }) => {
  expect(narrowReaders([{ credential, paths }], planned)).toEqual([{ credential, paths: left }]);
});

it('leaves out who has nothing to read', () => {
  expect(narrowReaders([{ credential, paths: ['compressed/yard/dock/'] }], plan('original/a/b/c'))).toEqual(
    [],
  );
});
