import { expect, test } from 'vitest';
import { checkForeignText } from './foreign-text.ts';

// Written in two parts, so that this file does not hold what it looks for.
const HOME = `/${'home'}/alice/`;

test.each([
  ['docs/a.md', `run ${HOME}bin/x`],
  ['tools/a.ts', `const root = '${HOME}main';`],
  ['package-lock.json', `"${'resolved'}": "https://mirror.example.net/a.tgz"`],
  ['.npmrc', `${'registry'}=https://mirror.example.net/`],
  ['Makefile', `${'GOPROXY'}=https://mirror.example.net go build`],
])('%s: %s is found', (file, text) => {
  expect(checkForeignText(new Map([[file, `\n${text}`]]))).toMatchObject([{ file, line: 2 }]);
});

test.each([
  ['docs/a.md', 'https://example.org/work/x and $HOME/work/ and ~/work/'],
  ['package-lock.json', '"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz"'],
  ['.npmrc', 'omit-lockfile-registry-resolved=true'],
  ['Makefile', 'GOPROXY=$(GOPROXY) go build'],
])('%s: %s passes', (file, text) => {
  expect(checkForeignText(new Map([[file, text]]))).toEqual([]);
});
