import { expect, it } from 'vitest';
import { untilGone } from '../../test/until-gone.ts';
import { EncoderProcess } from './encoder-process.ts';
import { limitLaunch } from './launcher.ts';
import type { Progress } from './progress-parser.ts';

const BLOCK = 'printf "frame=7\\nprogress=continue\\n"';

/** A program that does what the script says, and with BLOCK in it that it has encoded something. */
function start(script: string): { process: EncoderProcess; firstProgress: Promise<Progress> } {
  const { promise, resolve } = Promise.withResolvers<Progress>();
  const launch = limitLaunch('sh', ['-c', script], { memoryMiB: 64 });
  return { process: new EncoderProcess({ launch, onProgress: resolve }), firstProgress: promise };
}

it('ends what it is asked to end, and tells how and with which last words', async () => {
  const { process, firstProgress } = start(`echo written >&2; ${BLOCK}; exec sleep 60`);
  expect((await firstProgress).frames).toBe(7);
  process.end();
  process.end();
  expect(await process.ended).toEqual({ exitCode: null, signal: 'SIGTERM', errors: ['written'] });
  await untilGone(process.pid ?? 0, 5_000);
});

it('kills what does not end when it is asked to, or hangs', async () => {
  const deaf = start(`trap "" TERM; ${BLOCK}; exec sleep 60`);
  await deaf.firstProgress;
  deaf.process.end();
  expect((await deaf.process.ended).signal).toBe('SIGKILL');
  const frozen = start(`${BLOCK}; kill -STOP $$`);
  await frozen.firstProgress;
  frozen.process.kill();
  expect((await frozen.process.ended).signal).toBe('SIGKILL');
});

it('says why what cannot be started was not, and the agent goes on', async () => {
  const missing = { command: '/nonexistent/program', arguments: [] };
  const tooLong = { command: 'true', arguments: ['x'.repeat(4 * 1024 * 1024)] };
  for (const [launch, words] of [
    [missing, /ENOENT/],
    [tooLong, /E2BIG/],
  ] as const) {
    const process = new EncoderProcess({ launch, onProgress: () => undefined });
    const { exitCode, errors } = await process.ended;
    expect(exitCode).not.toBe(0);
    expect(errors.join()).toMatch(words);
    process.end();
    process.kill();
  }
});
