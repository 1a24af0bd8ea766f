import { expect, test } from 'vitest';
import { checkImportCycles } from './import-cycles.ts';
import { checkImports } from './imports.ts';
import { parseSources } from './sources.ts';

/** The faults of the first of the files; the others are there to be imported. */
function faultsOf(...files: [file: string, text: string][]): string[] {
  return checkImports(parseSources(new Map(files))).map(({ file, line, text }) => `${file}:${line} ${text}`);
}

const ALLOWED: [file: string, text: string, target: string][] = [
  [
    'operator/src/topology/shard.ts',
    `import { LABELS } from '../api/labels.ts';`,
    'operator/src/api/labels.ts',
  ],
  ['operator/src/render/plan.ts', `import type { Site } from '../api/site.ts';`, 'operator/src/api/site.ts'],
  [
    'operator/src/status/ready.ts',
    `import type { S } from '../topology/s.ts';`,
    'operator/src/topology/s.ts',
  ],
  [
    'operator/src/status/ready.ts',
    `import { type S } from '../topology/s.ts';`,
    'operator/src/topology/s.ts',
  ],
  ['operator/src/main.ts', `import { start } from './feed/server.ts';`, 'operator/src/feed/server.ts'],
  ['agent/src/merge/one.ts', `import { parse } from '../rtp/packet.ts';`, 'agent/src/rtp/packet.ts'],
  ['agent/src/merge/one.ts', `import { crc32 } from 'node:zlib';`, 'x.ts'],
  ['agent/src/merge/one.test.ts', `import { readFileSync } from 'node:fs';`, 'x.ts'],
  ['operator/src/kube/a.test.ts', `import { clock } from '../../test/clock.ts';`, 'operator/test/clock.ts'],
  ['operator/src/render/a.ts', `import type { V1Service } from '@kubernetes/client-node';`, 'x.ts'],
];

test.each(ALLOWED)('%s may: %s', (file, text, target) => {
  expect(faultsOf([file, text], [target, ''])).toEqual([]);
});

const REFUSED: [file: string, text: string, target: string, fault: RegExp][] = [
  [
    'operator/src/api/a.ts',
    `import '../topology/b.ts';`,
    'operator/src/topology/b.ts',
    /not operator\/src\/topology/,
  ],
  [
    'operator/src/render/a.ts',
    `export * from '../kube/b.ts';`,
    'operator/src/kube/b.ts',
    /not operator\/src\/kube/,
  ],
  ['operator/src/feed/a.ts', `import { b } from '../render/b.ts';`, 'operator/src/render/b.ts', /may import/],
  [
    'operator/src/status/a.ts',
    `import { b } from '../topology/b.ts';`,
    'operator/src/topology/b.ts',
    /types of/,
  ],
  [
    'operator/src/kube/a.ts',
    `import '../../../agent/src/b.ts';`,
    'agent/src/b.ts',
    /never import each other/,
  ],
  [
    'operator/src/kube/a.test.ts',
    `import '../../../agent/src/b.ts';`,
    'agent/src/b.ts',
    /never import each other/,
  ],
  [
    'agent/src/a.ts',
    `await import('../../operator/src/b.ts');`,
    'operator/src/b.ts',
    /never import each other/,
  ],
  ['agent/src/ffmpeg/a.ts', `import '../rtsp/b.ts';`, 'agent/src/rtsp/b.ts', /may import protocol\/src, not/],
  ['agent/src/merge/a.ts', `import net from 'node:net';`, 'x.ts', /node:net/],
  ['agent/src/rtsp/wire/a.ts', `import type { Socket } from 'node:net';`, 'x.ts', /node:net/],
  ['operator/src/diff/a.ts', `import { V1Pod } from '@kubernetes/client-node';`, 'x.ts', /types alone/],
  ['operator/src/feed/a.ts', `import '../main.ts';`, 'operator/src/main.ts', /imported by nobody/],
  ['operator/src/feed/a.ts', `import '../../test/clock.ts';`, 'operator/test/clock.ts', /only tests/],
  ['operator/src/feed/a.ts', `import './b.ts';`, 'x.ts', /no such file/],
  ['e2e/peers/a.ts', `import '../../agent/src/rtp/b.ts';`, 'agent/src/rtp/b.ts', /e2e may import/],
  ['agent/src/a.ts', `import '@cupola/operator';`, 'x.ts', /only @cupola\/protocol/],
];

test.each(REFUSED)('%s may not: %s', (file, text, target, fault) => {
  const faults = faultsOf([file, `// one line before\n${text}`], [target, '']);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(fault);
  expect(faults[0]).toContain(`${file}:2 `);
});

test('a new folder of a program needs a row of its own', () => {
  expect(faultsOf(['operator/src/whims/a.ts', ''])).toEqual([
    'operator/src/whims/a.ts:undefined give its folder a row in tools/checks/house.ts',
  ]);
  expect(faultsOf(['operator/src/whims/a.test.ts', ''], ['operator/src/main.ts', ''])).toEqual([]);
});

test('files that need each other at run time are a circle, with types alone they are not', () => {
  const value = new Map([
    ['a.ts', `import { b } from './b.ts';`],
    ['b.ts', `import { c } from './c.ts';`],
    ['c.ts', `import { a } from './a.ts';`],
  ]);
  expect(checkImportCycles(parseSources(value)).map(({ text }) => text)).toEqual([
    'imports itself: a.ts -> b.ts -> c.ts -> a.ts',
  ]);
  const typed = new Map([...value, ['c.ts', `import type { a } from './a.ts';`]] as [string, string][]);
  expect(checkImportCycles(parseSources(typed))).toEqual([]);
});
