import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EncoderEvent,
  type EncoderLife,
  isStalled,
  restartDelayMs,
  stepEncoder,
} from './encoder-life.ts';
import type { FailureCause } from './failure-cause.ts';

const IDLE: EncoderLife = { name: 'idle' };

/** What is done, and when: `start@0`. */
function play(events: readonly EncoderEvent[], from: EncoderLife = IDLE) {
  let life = from;
  const commands: string[] = [];
  for (const event of events) {
    const step = stepEncoder(life, event);
    life = step.life;
    if (step.command) commands.push(`${step.command}@${'nowMs' in event ? event.nowMs : ''}`);
  }
  return { life, commands };
}

const wanted = (nowMs: number): EncoderEvent => ({ type: 'wanted', isWanted: true, nowMs });
const unwanted = (nowMs: number): EncoderEvent => ({ type: 'wanted', isWanted: false, nowMs });
const progress = (nowMs: number, frames: number): EncoderEvent => ({ type: 'progress', frames, nowMs });
const tick = (nowMs: number): EncoderEvent => ({ type: 'tick', nowMs });
const failed = (nowMs: number, cause: FailureCause = 'Failed'): EncoderEvent => ({
  type: 'ended',
  cause,
  nowMs,
});

describe('an encoder', () => {
  it('is started when it is wanted, and ended when it is not', () => {
    const { life, commands } = play([wanted(0), wanted(1), progress(700, 1), unwanted(900), failed(905)]);
    expect(commands).toEqual(['start@0', 'kill@900']);
    expect(life).toEqual(IDLE);
  });

  it('that writes no picture for 2 s is killed, and started again 100 ms after its end', () => {
    const events = [
      wanted(0),
      progress(500, 5),
      progress(1_000, 9),
      progress(1_500, 9),
      tick(2_999),
      tick(3_000),
    ];
    const { life, commands } = play([...events, failed(3_010, 'Hung'), tick(3_109), tick(3_110)]);
    expect(commands).toEqual(['start@0', 'kill@3000', 'start@3110']);
    expect(life).toMatchObject({ name: 'starting', last: { cause: 'Hung', count: 1 } });
  });

  it('has 10 s to its first picture', () => {
    const { commands } = play([wanted(0), progress(9_000, 0), tick(9_999), tick(10_000)]);
    expect(commands).toEqual(['start@0', 'kill@10000']);
  });

  it('that fails again and again waits twice as long each time, to 2 s, and is called Stalled', () => {
    let life: EncoderLife = stepEncoder(IDLE, wanted(0)).life;
    const delays: number[] = [];
    const stalled: boolean[] = [];
    let nowMs = 0;
    for (let failure = 0; failure < 7; failure++) {
      life = stepEncoder(life, progress(nowMs, 1)).life;
      life = stepEncoder(life, failed(nowMs)).life;
      if (life.name !== 'waiting') throw new Error(life.name);
      delays.push(life.untilMs - nowMs);
      stalled.push(isStalled(life));
      nowMs = life.untilMs;
      life = stepEncoder(life, tick(nowMs)).life;
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(stalled).toEqual([false, false, false, false, false, true, true]);
  });

  it('that ran for 10 s begins to count anew', () => {
    const before = play([wanted(0), failed(5), tick(105), progress(200, 1), progress(10_200, 250)]).life;
    expect(stepEncoder(before, failed(10_200)).life).toMatchObject({ last: { count: 1 } });
  });

  it('that has failed too often stays Stalled until it has run for 10 s', () => {
    let life: EncoderLife = stepEncoder(IDLE, wanted(0)).life;
    let nowMs = 0;
    for (let failure = 0; failure < 6; failure++) {
      nowMs += 3_000;
      life = play([failed(nowMs - 3_000), tick(nowMs), progress(nowMs, 1)], life).life;
    }
    expect(isStalled(life)).toBe(true);
    const runs = (untilMs: number) =>
      play([progress(nowMs + untilMs, 250), tick(nowMs + untilMs)], life).life;
    expect(isStalled(runs(9_999))).toBe(true);
    expect(isStalled(runs(10_000))).toBe(false);
  });

  it('of a source that it cannot decode is Stalled at once, and tried again ever more rarely', () => {
    const { life } = play([wanted(0), { type: 'ended', cause: 'SourceUndecodable', nowMs: 300 }]);
    expect(isStalled(life)).toBe(true);
    expect(restartDelayMs({ cause: 'SourceUndecodable', count: 20 })).toBe(30_000);
  });

  it('that is wanted again while it is being ended is started when it is gone', () => {
    const { life, commands } = play([wanted(0), progress(9, 1), unwanted(10), wanted(11), failed(20)]);
    expect(commands).toEqual(['start@0', 'kill@10', 'start@20']);
    expect(isStalled(life)).toBe(false);
  });

  it('is never started beside itself, and never left running, whatever happens', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constant('wanted' as const), isWanted: fc.boolean() }),
      fc.record({ type: fc.constant('progress' as const), frames: fc.nat(100) }),
      fc.record({
        type: fc.constant('ended' as const),
        cause: fc.constantFrom('Failed' as const, 'SourceUndecodable' as const),
      }),
      fc.record({ type: fc.constant('tick' as const) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(5_000)), { maxLength: 60 }), (steps) => {
        let life: EncoderLife = IDLE;
        let nowMs = 0;
        let isRunning = false;
        const take = (next: EncoderEvent) => {
          if (next.type === 'ended') {
            if (!isRunning) return;
            isRunning = false;
          }
          const step = stepEncoder(life, next);
          life = step.life;
          if (step.command === 'start') {
            expect(isRunning).toBe(false);
            isRunning = true;
          }
          if (step.command === 'kill') expect(isRunning).toBe(true);
          expect(['starting', 'encoding', 'killing'].includes(life.name)).toBe(isRunning);
        };
        for (const [next, later] of steps) {
          nowMs += later;
          take({ ...next, nowMs } as EncoderEvent);
        }
        take(unwanted(nowMs));
        take(failed(nowMs));
        expect(life).toEqual(IDLE);
      }),
    );
  });
});
