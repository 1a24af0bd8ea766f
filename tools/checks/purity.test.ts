import { expect, test } from 'vitest';
import { checkPurity } from './purity.ts';
import { parseSources } from './sources.ts';

function faultsOf(text: string, file = 'agent/src/merge/window.ts'): string[] {
  return checkPurity(parseSources(new Map([[file, text]]))).map(
    (problem) => problem.text.split(':')[0] ?? '',
  );
}

test.each([
  ['const t = Date.now();', 'Date.now'],
  ['const t = new Date();', 'new Date()'],
  ['const t = Date();', 'Date()'],
  ['const r = Math.random();', 'Math.random'],
  ['setTimeout(f, 10);', 'setTimeout'],
  ['const later = { run: queueMicrotask };', 'queueMicrotask'],
  ['const { env } = process;', 'process'],
  ['console.log(1);', 'console'],
  ['const now = performance.now();', 'performance'],
  ['globalThis.setTimeout(f, 1);', 'globalThis'],
  ['const id = crypto.randomUUID();', 'crypto'],
  ['const here = import.meta.dirname;', 'import.meta'],
])('%s is named in a pure folder', (text, name) => {
  expect(faultsOf(text)).toEqual([name]);
});

test.each([
  'const t = new Date(ms).toISOString();',
  'const t = Date.UTC(2024, 1, 1);',
  'function run(process: Process) { return process.id; }',
  'const x = leg.process; const y = { console: 1 };',
  'interface Leg { fetch(): void; crypto: string }',
  `import { performance } from './figures.ts'; performance(1);`,
])('%s is pure', (text) => {
  expect(faultsOf(text)).toEqual([]);
});

test('other folders and tests may look at the clock', () => {
  expect(faultsOf('Date.now();', 'agent/src/rtsp/session.ts')).toEqual([]);
  expect(faultsOf('Date.now();', 'agent/src/merge/window.test.ts')).toEqual([]);
  expect(faultsOf('Date.now();', 'agent/src/rtsp/wire/sdp.ts')).toEqual(['Date.now']);
});
