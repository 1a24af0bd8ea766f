import { expect, test } from 'vitest';
import { checkLinks } from './links.ts';

function faultsOf(page: string): string[] {
  const repository = new Map([
    ['docs/page.md', page],
    ['docs/other.md', '# A title: with marks\n\n```\n# no heading\n```\n'],
    ['operator/src/api/site.ts', ''],
  ]);
  return checkLinks(repository).map(({ line, text }) => `${line} ${text}`);
}

test.each([
  '[other](other.md), [anchor](other.md#a-title-with-marks), [up](../operator/src/api/site.ts), [dir](../operator/)',
  '[web](https://example.org/x), [mail](mailto:a@example.org)',
  '# Here\n[self](#here)',
  '```\n[code](nowhere.md) `operator/nothing`\n```',
  '`operator/src/api`, `operator/src/api/site.ts`, `docs/<page>.md`, `operator/dist/operator.mjs`, `make test`',
])('%j leads somewhere', (page) => {
  expect(faultsOf(page)).toEqual([]);
});

test.each([
  ['one\n[gone](gone.md)', '2 gone.md leads nowhere: no docs/gone.md'],
  ['[other](other.md#no-heading)', '1 other.md#no-heading: no such heading'],
  ['[up](../agent/)', '1 ../agent/ leads nowhere: no agent'],
  ['see `operator/src/gone.ts`', '1 `operator/src/gone.ts` is not in the tree'],
])('%j is found', (page, fault) => {
  expect(faultsOf(page)).toEqual([fault]);
});

test('a page that a comment names must be there', () => {
  const name = ['GUIDE', 'md'].join('.');
  const comment = `// one line before\n// As ${name} has it.`;
  const problems = checkLinks(new Map([['agent/src/a.ts', comment]]));
  expect(problems).toEqual([{ file: 'agent/src/a.ts', line: 2, text: `${name} is not in the tree` }]);
  expect(
    checkLinks(
      new Map([
        ['agent/src/a.ts', comment],
        [name, ''],
      ]),
    ),
  ).toEqual([]);
});
