import { expect, test } from 'vitest';
import { checkBarrels, checkNames } from './names.ts';
import { parseSources } from './sources.ts';

test.each([
  'agent/src/rtp/h264/access-unit.ts',
  'agent/src/rtp/h264/access-unit.property.test.ts',
  'operator/src/kube/reflector.int.test.ts',
  'vitest.config.ts',
])('%s is a good name', (file) => {
  expect(checkNames(new Map([[file, '']]))).toEqual([]);
});

test.each([
  ['agent/src/utils/clock.ts', 'utils'],
  ['agent/src/clock/helpers.ts', 'helpers'],
  ['operator/src/api/types.ts', 'types'],
  ['operator/src/api/MasterRelay.ts', 'MasterRelay'],
  ['operator/src/master_relay/plan.ts', 'master_relay'],
])('%s is refused for %s', (file, word) => {
  const problems = checkNames(new Map([[file, '']]));
  expect(problems).toHaveLength(1);
  expect(problems[0]?.text).toContain(`"${word}"`);
});

test('only the entry of a workspace passes on what others export', () => {
  const barrel = `export * from './a.ts';\nexport { b } from './b.ts';`;
  const files = ['protocol/src/index.ts', 'operator/src/render/all.ts', 'operator/src/render/index.ts'];
  const problems = checkBarrels(parseSources(new Map(files.map((file) => [file, barrel]))));
  expect(problems.map(({ file }) => file)).toEqual(files.slice(1));
});
