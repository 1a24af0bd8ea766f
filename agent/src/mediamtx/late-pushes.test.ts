import type { MediaPlan } from '@cupola/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ApiPath } from './control-api.ts';
import { LatePushes } from './late-pushes.ts';

const GATE = 'original/plant/north/gate';
const OTHER = 'plant/north-factory-0-primary';
const LATE = { msReceiveBuf: 2_600, msReceiveTsbPdDelay: 120, msRTT: 1 };
const IN_TIME = { msReceiveBuf: 110, msReceiveTsbPdDelay: 120, msRTT: 1 };

let nowMs: number;
let figures: object;
let viewers: number;
let isAway: boolean;
/** Whatever is to happen while MediaMTX is asked. */
let meanwhile: () => void;
/** What was asked of MediaMTX and what was said, in order. */
let done: string[];
let pushes: LatePushes;
/** Whether the path was let through, at the answer before the look and at the one after it. */
let shown: [before: boolean, after: boolean];

beforeEach(() => {
  nowMs = 1_000;
  figures = LATE;
  viewers = 0;
  isAway = false;
  meanwhile = () => undefined;
  done = [];
  pushes = new LatePushes({
    nowMs: () => nowMs,
    countViewers: async () => viewers,
    onClosed: (path, lateMs) => done.push(`closed ${path} ${lateMs}`),
    onIncurable: (path, lateMs) => done.push(`incurable ${path} ${lateMs}`),
    onScreened: () => undefined,
    api: {
      getSrtConnection: async (id) => {
        done.push(`get ${id}`);
        if (isAway) throw new Error('away');
        meanwhile();
        return figures;
      },
      kick: async ({ protocol, id }) => done.push(`kick ${protocol} ${id}`) > 0,
    },
  });
  pushes.takePlan(planOf(OTHER));
});

function planOf(otherSide: string | undefined): MediaPlan {
  const credentials = [{ user: 'gate', password: 'p' }];
  const source = { from: 'publish' as const, credentials, ...(otherSide && { otherSide }) };
  const plan = { revision: 1, workload: 'plant/north-factory-0-backup', paths: [{ path: GATE, source }] };
  return { ...plan, readers: [], openToReaders: false, holdMs: 0, drainMs: 0 };
}

function hear(online: boolean, workload = OTHER): void {
  pushes.takeSources({ type: 'sources', workload, paths: [{ path: GATE, online }] });
}

/** MediaMTX's answer, twice in the same moment; resolves with what followed from the first. */
async function report(id: string | undefined, type: 'srtConn' | 'rtmpConn' = 'srtConn'): Promise<string[]> {
  done = [];
  const path: ApiPath = { name: GATE, available: true, source: id === undefined ? null : { type, id } };
  const answer = id === undefined ? [] : [path];
  const before = pushes.screen(answer).length > 0;
  await new Promise(setImmediate);
  const followed = [...done];
  shown = [before, pushes.screen(answer).length > 0];
  return followed;
}

const closing = (id: string) => [`get ${id}`, `kick srt ${id}`, `closed ${GATE} 2479`];

describe('a late push by SRT', () => {
  it('is closed at once while the other side has the stream, and looked at no more once it is in time', async () => {
    hear(true);
    expect(await report('c1')).toEqual(closing('c1'));
    expect(await report('c1')).toEqual([]);
    expect(shown).toEqual([false, false]);
    await report(undefined);
    figures = IN_TIME;
    expect(await report('c2')).toEqual(['get c2']);
    expect(shown).toEqual([false, true]);
    expect(await report('c2')).toEqual([]);
    expect(shown).toEqual([true, true]);
    expect(pushes.closed).toBe(1);
  });

  it('is closed again after a connection that was in time, and else left alone and told of once', async () => {
    hear(true);
    expect(await report('c1')).toEqual(closing('c1'));
    expect(await report('c2')).toEqual(['get c2', `incurable ${GATE} 2479`]);
    expect(await report('c3')).toEqual(['get c3']);
    figures = IN_TIME;
    await report('c4');
    figures = LATE;
    expect(await report('c5')).toEqual(closing('c5'));
  });

  it('that was there before the other side waits until that has stayed, which begins anew when it goes', async () => {
    expect(await report('c1')).toEqual([]);
    nowMs += 1;
    hear(true);
    nowMs += 4_000;
    hear(false);
    hear(true);
    nowMs += 4_999;
    expect(await report('c1')).toEqual([]);
    expect(shown).toEqual([true, true]);
    nowMs += 1;
    expect(await report('c1')).toEqual(closing('c1'));
    expect(shown).toEqual([true, false]);
  });

  it('is left alone while the other side has it not, is not known, or has gone while it was looked at', async () => {
    hear(true, 'plant/south-factory-0-primary');
    expect(await report('c1')).toEqual([]);
    hear(true);
    pushes.forgetSources();
    expect(await report('c2')).toEqual([]);
    hear(true);
    meanwhile = () => hear(false);
    expect(await report('c3')).toEqual(['get c3']);
    expect(shown).toEqual([false, true]);
  });

  it('is left alone where the camera pushes once, where it is no SRT, and where somebody views it', async () => {
    hear(true);
    expect(await report('r1', 'rtmpConn')).toEqual([]);
    viewers = 1;
    expect(await report('c1')).toEqual(['get c1']);
    expect(shown).toEqual([false, true]);
    viewers = 0;
    pushes.takePlan(planOf(undefined));
    hear(true);
    expect(await report('c2')).toEqual([]);
  });

  it('is left alone where MediaMTX does not answer', async () => {
    hear(true);
    isAway = true;
    expect(await report('c1')).toEqual(['get c1']);
    expect(shown).toEqual([false, true]);
    isAway = false;
    expect(await report('c1')).toEqual([]);
  });
});
