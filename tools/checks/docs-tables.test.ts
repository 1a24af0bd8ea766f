import { expect, test } from 'vitest';
import { checkDocsTables } from './docs-tables.ts';
import { parseSources } from './sources.ts';

const CODE: [string, string][] = [
  [
    'operator/src/api/labels.ts',
    `export const LABELS = { side: 'cupola.dev/side', 'key': 'cupola.dev/shard' } as const;
     export const SIDES = ['primary', 'backup'] as const;`,
  ],
  [
    'operator/src/api/condition.ts',
    `export const CONDITIONS = { ready: 'Ready' }; export const READY_REASONS = ['Whole'];`,
  ],
  ['operator/src/metrics.ts', `new Counter({ name: 'cupola_writes_total' });`],
  ['operator/src/metrics.test.ts', `expect(names).toContain('cupola_other_total');`],
  ['agent/src/rtsp/error.ts', `readonly code = 'CUP_RTSP_REFUSED';`],
];

const PAGES: [string, string][] = [
  [
    'docs/labels.md',
    '| label | on |\n|---|---|\n| `cupola.dev/side` | `Service` |\n| `cupola.dev/shard` | |',
  ],
  ['docs/conditions.md', 'Both `Anything` in prose.\n\n| type |\n|---|\n| `Ready`, `Whole` |'],
  ['docs/metrics.md', '| metric |\n|---|\n| `cupola_writes_total` |'],
  ['docs/errors.md', '| code |\n|---|\n| `CUP_RTSP_REFUSED` |'],
];

function faultsOf(changes: [string, string][]): string[] {
  const repository = new Map([...CODE, ...PAGES, ...changes]);
  return checkDocsTables(repository, parseSources(repository)).map(
    ({ file, line, text }) => `${file}:${line ?? ''} ${text}`,
  );
}

test('equal tables pass', () => {
  expect(faultsOf([])).toEqual([]);
});

test('what the code has and the page lacks is named with its file', () => {
  expect(faultsOf([['agent/src/metrics.ts', `new Gauge({ name: 'cupola_legs' });`]])).toEqual([
    'docs/metrics.md: no row for the metric `cupola_legs` of agent/src/metrics.ts',
  ]);
});

test('what the page has and the code lacks is named with its line', () => {
  const page = '| code |\n|---|\n| `CUP_RTSP_REFUSED` |\n| `CUP_GONE` |';
  expect(faultsOf([['docs/errors.md', page]])[0]).toMatch(/^docs\/errors\.md:4 `CUP_GONE` is no error code/);
});

test('a page that is missing is needed only if there is something to say', () => {
  const repository = new Map(CODE.slice(4));
  const problems = checkDocsTables(repository, parseSources(repository));
  expect(problems.map(({ file }) => file)).toEqual(['docs/errors.md']);
});

test('a name is written whole', () => {
  expect(faultsOf([['agent/src/metrics.ts', 'const name = `cupola_agent_$' + '{suffix}`;']])).toEqual([
    'agent/src/metrics.ts:1 cupola_agent_...: write the name whole',
  ]);
});
