import { describe, expect, it } from 'vitest';
import { type LiveLeg, type PathEvent, type PathLife, stepPath } from './path-machine.ts';

const HOLD_MS = 5_000;
const A: LiveLeg = { id: 'primary', format: 'H264' };
const B: LiveLeg = { id: 'backup', format: 'H264' };
const B_H265: LiveLeg = { id: 'backup', format: 'H265' };

const legs = (live: LiveLeg[], nowMs = 0): PathEvent => ({ type: 'legs', live, nowMs });
const lost = (...live: LiveLeg[]): PathEvent => ({ type: 'publisher-lost', live });
const published: PathEvent = { type: 'published' };
const tick = (nowMs: number): PathEvent => ({ type: 'tick', nowMs });

/** `waiting`, or `flowing primary`, with the commands given on the way. */
function play(...events: PathEvent[]): string[] {
  let life: PathLife = { name: 'waiting' };
  return events.map((event) => {
    const step = stepPath(life, event, HOLD_MS);
    life = step.life;
    const leg = 'leg' in life ? ` ${life.leg.id}` : '';
    const commands = step.commands.map((each) => ('leg' in each ? `${each.do} ${each.leg}` : each.do));
    return [`${life.name}${leg}`, ...commands].join(', ');
  });
}

describe('a path of legs', () => {
  it('opens with the first leg that lives', () => {
    expect(play(legs([]), legs([A, B]), published)).toEqual([
      'waiting',
      'opening primary, open primary',
      'flowing primary',
    ]);
  });

  it('names the next leg when the one that it opened with dies, and stays there', () => {
    expect(play(legs([A, B]), published, legs([B]), legs([A, B])).slice(2)).toEqual([
      'flowing backup',
      'flowing backup',
    ]);
  });

  it('is not touched by another leg', () => {
    expect(play(legs([A, B]), published, legs([A]), legs([A, B])).slice(2)).toEqual([
      'flowing primary',
      'flowing primary',
    ]);
  });

  it('holds its readers while no leg lives, and goes on with the first that comes', () => {
    expect(
      play(legs([A]), published, legs([], 1_000), tick(1_000 + HOLD_MS - 1), legs([B])).slice(2),
    ).toEqual(['holding', 'holding', 'flowing backup']);
  });

  it('closes its publisher when it held long enough', () => {
    expect(play(legs([A]), published, legs([], 1_000), tick(1_000 + HOLD_MS), legs([A])).slice(3)).toEqual([
      'waiting, close',
      'opening primary, open primary',
    ]);
  });

  it('publishes again when MediaMTX dropped it, at once if a leg lives', () => {
    expect(play(legs([A]), published, lost(A)).at(-1)).toBe('opening primary, open primary');
    expect(play(legs([A]), published, legs([]), lost()).at(-1)).toBe('waiting');
  });

  it('takes a leg that fits without opening anew, and opens anew for one that does not', () => {
    expect(play(legs([A]), legs([B]), published)).toEqual([
      'opening primary, open primary',
      'opening backup',
      'flowing backup',
    ]);
    expect(play(legs([A]), published, legs([B_H265])).at(-1)).toBe('opening backup, open backup');
    expect(play(legs([A]), legs([])).at(-1)).toBe('waiting, close');
  });

  it('opens anew when its leg comes back with other tracks', () => {
    expect(play(legs([A]), published, legs([{ id: 'primary', format: 'H265' }])).at(-1)).toBe(
      'opening primary, open primary',
    );
  });
});
