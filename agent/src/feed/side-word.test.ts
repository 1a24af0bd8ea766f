import type { SideMessage } from '@cupola/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROUTED_MS, SideWord } from './side-word.ts';

const ACTIVE: SideMessage = { type: 'side', active: true, readers: 'Move' };
const PASSIVE: SideMessage = { ...ACTIVE, active: false };

describe('the word on the side', () => {
  let isConnected: boolean;
  let events: string[];
  let side: SideWord;

  afterEach(() => vi.useRealTimers());
  beforeEach(() => {
    vi.useFakeTimers();
    isConnected = true;
    events = [];
    side = new SideWord({
      isConnected: () => isConnected,
      onMove: () => events.push('move'),
    });
  });

  /** Whether it resolved by the end of this turn. */
  function watch(signal = new AbortController().signal): () => Promise<boolean> {
    let isOver = false;
    void side.waitUntilPassive(signal).then(() => {
      isOver = true;
    });
    return async () => {
      await Promise.resolve();
      await Promise.resolve();
      return isOver;
    };
  }

  it.each<[string, SideMessage[], string[]]>([
    ['on the change', [ACTIVE, PASSIVE], ['move']],
    ['once, however often it is said', [ACTIVE, PASSIVE, PASSIVE], ['move']],
    ['never, where they may finish', [ACTIVE, { ...PASSIVE, readers: 'Finish' }, PASSIVE], []],
    ['not from a side that was passive', [PASSIVE], []],
  ])('moves viewers %s', (_name, words, expected) => {
    for (const word of words) {
      side.hear(word);
      vi.advanceTimersByTime(ROUTED_MS);
    }
    expect(events).toEqual(expected);
  });

  it('moves viewers after a switch that was made while nobody was connected', () => {
    side.hear(ACTIVE);
    isConnected = false;
    side.noteLost();
    expect(side.isActive).toBeUndefined();
    isConnected = true;
    side.hear(PASSIVE);
    vi.advanceTimersByTime(ROUTED_MS);
    expect(events).toEqual(['move']);
  });

  it('moves nobody who would be led back here', () => {
    side.hear(ACTIVE);
    side.hear(PASSIVE);
    vi.advanceTimersByTime(ROUTED_MS - 1);
    expect(events).toEqual([]);
    side.hear(ACTIVE);
    vi.advanceTimersByTime(ROUTED_MS);
    expect(events).toEqual([]);
  });

  it('is waited for while anybody is connected to say it', async () => {
    const isOver = watch();
    side.hear(ACTIVE);
    side.noteLost();
    expect(await isOver()).toBe(false);
    side.hear(PASSIVE);
    vi.advanceTimersByTime(ROUTED_MS - 1);
    expect(await isOver()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await isOver()).toBe(true);
    expect(await watch()()).toBe(true);
  });

  it('is not waited for when the last connection is lost, nor by whom does not want it any more', async () => {
    const isOver = watch();
    const gone = new AbortController();
    const isGivenUp = watch(gone.signal);
    gone.abort();
    expect([await isOver(), await isGivenUp()]).toEqual([false, true]);
    isConnected = false;
    side.noteLost();
    expect([await isOver(), await watch()()]).toEqual([true, true]);
  });
});
