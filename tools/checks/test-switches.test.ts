import { expect, test } from 'vitest';
import { parseSources } from './sources.ts';
import { checkTestSwitches } from './test-switches.ts';

function faultsOf(text: string, file = 'agent/src/a.test.ts'): string[] {
  return checkTestSwitches(parseSources(new Map([[file, text]]))).map((problem) => `${problem.line}`);
}

test('a test that is switched off is found, whichever way', () => {
  expect(faultsOf(`test.skip('x', f);\nit.each([1]).skip('y', f);\ndescribe.skipIf(bare)('z', f);`)).toEqual([
    '1',
    '2',
    '3',
  ]);
  expect(faultsOf(`describe.todo('x');`, 'e2e/scenarios/demo.ts')).toEqual(['1']);
});

test('a reason on the line above is enough for .skip, and never for .only', () => {
  expect(faultsOf(`// skipped because Debian's FFmpeg cannot\ntest.skip('x', f);`)).toEqual([]);
  expect(faultsOf(`// skipped because\ntest.skip('x', f);`)).toEqual(['2']);
  expect(faultsOf(`// skipped because it is mine\ntest.only('x', f);`)).toEqual(['2']);
});

test('what only looks like a switch is left alone', () => {
  expect(faultsOf(`reader.skip(4); options.only = true; test('skip', f);`)).toEqual([]);
  expect(faultsOf(`test.skip('x', f);`, 'agent/src/a.ts')).toEqual([]);
});
