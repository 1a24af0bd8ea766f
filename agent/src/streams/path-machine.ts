/**
 * The life of a `legs` path. Pure: what happened and when goes in, what to do comes out.
 *
 *                     a leg lives                    published
 *      waiting -----------------------> opening --------------------> flowing <---------------+
 *       ^  ^ ^                           |  ^ ^                        |   |                  |
 *       |  | +------- no leg lives ------+  | +---- publisher lost ----+   | no leg lives     | a leg lives
 *       |  |                                |       or format changed      v                  |
 *       |  +-- publisher lost --------------|-------------------------- holding --------------+
 *       +----- held long enough ------------|--------------------------/
 *
 * While it holds, the publisher to MediaMTX stays open without media, so that readers stay attached.
 */

/** A leg on which media arrives. */
export interface LiveLeg {
  readonly id: string;
  /** Equal for legs whose tracks can be published as one stream. */
  readonly format: string;
}

export type PathLife =
  | { readonly name: 'waiting' }
  /** The publisher is being opened with the tracks of `leg`. */
  | { readonly name: 'opening'; readonly leg: LiveLeg }
  | { readonly name: 'flowing'; readonly leg: LiveLeg }
  | { readonly name: 'holding'; readonly format: string; readonly sinceMs: number };

export type PathEvent =
  /** The legs that live, in the plan's order. */
  | { readonly type: 'legs'; readonly live: readonly LiveLeg[]; readonly nowMs: number }
  | { readonly type: 'published' }
  | { readonly type: 'publisher-lost'; readonly live: readonly LiveLeg[] }
  | { readonly type: 'tick'; readonly nowMs: number };

export type PathCommand =
  /** Open a publisher with the tracks of this leg, in place of one that is open or being opened. */
  { readonly do: 'open'; readonly leg: string } | { readonly do: 'close' };

export interface PathStep {
  readonly life: PathLife;
  readonly commands: readonly PathCommand[];
}

/** `holdMs`: how long it holds before it closes; what it is now counts, not what it was when the legs went. */
export function stepPath(life: PathLife, event: PathEvent, holdMs: number): PathStep {
  switch (event.type) {
    case 'legs':
      return stepLegs(life, event.live, event.nowMs);
    case 'published':
      return life.name === 'opening'
        ? { life: { name: 'flowing', leg: life.leg }, commands: [] }
        : stay(life);
    case 'publisher-lost':
      return life.name === 'flowing' || life.name === 'holding' ? openFirst(event.live) : stay(life);
    case 'tick':
      return life.name === 'holding' && event.nowMs - life.sinceMs >= holdMs
        ? { life: { name: 'waiting' }, commands: [{ do: 'close' }] }
        : stay(life);
  }
}

function stepLegs(life: PathLife, live: readonly LiveLeg[], nowMs: number): PathStep {
  switch (life.name) {
    case 'waiting':
      return openFirst(live);
    case 'opening': {
      if (isAmong(live, life.leg)) return stay(life);
      const next = pick(live, life.leg.format);
      if (next === undefined) return { life: { name: 'waiting' }, commands: [{ do: 'close' }] };
      return next.format === life.leg.format ? stay({ name: 'opening', leg: next }) : open(next);
    }
    case 'flowing': {
      if (isAmong(live, life.leg)) return stay(life);
      const next = pick(live, life.leg.format);
      if (next !== undefined) return goOn(next, life.leg.format);
      return stay({ name: 'holding', format: life.leg.format, sinceMs: nowMs });
    }
    case 'holding': {
      const next = pick(live, life.format);
      return next === undefined ? stay(life) : goOn(next, life.format);
    }
  }
}

/** The first that the open publisher can carry on with, else the first. */
function pick(live: readonly LiveLeg[], format: string): LiveLeg | undefined {
  return live.find((leg) => leg.format === format) ?? live[0];
}

/** A leg of the same format is in the stream already, or will be by the merger's own decision. */
function goOn(leg: LiveLeg, publishedFormat: string): PathStep {
  return leg.format === publishedFormat ? stay({ name: 'flowing', leg }) : open(leg);
}

function openFirst(live: readonly LiveLeg[]): PathStep {
  const first = live[0];
  return first === undefined ? { life: { name: 'waiting' }, commands: [] } : open(first);
}

function open(leg: LiveLeg): PathStep {
  return { life: { name: 'opening', leg }, commands: [{ do: 'open', leg: leg.id }] };
}

function isAmong(live: readonly LiveLeg[], leg: LiveLeg): boolean {
  return live.some((each) => each.id === leg.id && each.format === leg.format);
}

function stay(life: PathLife): PathStep {
  return { life, commands: [] };
}
