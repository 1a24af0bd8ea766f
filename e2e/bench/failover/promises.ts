/** What Cupola promises its viewers under each fault, and which samples of it did not keep that. */
import { FRAMES_PER_SECOND } from '../../peers/camera-settings.ts';
import { GOP } from './cameras.ts';
import { type Push, SLOW_PUSH_MS } from './pushes.ts';
import type { Sample } from './sample.ts';
import { nameCase } from './schedule.ts';

/** Beyond the control reader's gap: two frame intervals. */
const TWO_FRAMES_MS = 2_000 / FRAMES_PER_SECOND;
/** 200 ms until the leg that is shown is late, and 100 ms. */
const SWITCH_MS = 300;
/** Beyond the camera's own time to connect again: until its next key picture, of which each GOP has one, and 300 ms. */
const RECONNECTED_MS = (GOP / FRAMES_PER_SECOND) * 1_000 + 300;
const REPLAY_MS = 1_000;

/** Until a new connection to a relay succeeds, ms. 0: it never fails. */
const CONNECT_MS: Readonly<Record<string, number>> = {
  crash: 300,
  'crash-after-change': 1_300,
  freeze: 2_500,
  'power-cut': 2_500,
  'network-cut': 2_500,
  switchover: 0,
  failback: 0,
  drain: 0,
  upgrade: 0,
};
/** Where the operator's leader goes with the node. */
const CONNECT_WITHOUT_LEADER_MS = 3_500;

/** A line for each promise that a sample did not keep; samples of other systems promise nothing. */
export function listBroken(samples: readonly Sample[]): string[] {
  return samples
    .filter(({ system }) => system === 'cupola')
    .flatMap((sample) => {
      const faults = sample.tier === 'factory' ? judgeFactoryFault(sample) : judgeRelayFault(sample);
      const disturbed = sample.isDisturbed
        ? `, disturbed (control ${sample.controlGapMs.toFixed(0)} ms)`
        : '';
      return faults.map((fault) => {
        return `${nameCase({ ...sample, systems: [sample.system] })}, ${sample.push}, repetition ${sample.repetition}${disturbed}: ${fault}`;
      });
    });
}

function judgeFactoryFault(sample: Sample): string[] {
  const gapMs = allowedGapMs(sample);
  return [
    ...exceeding('frames lost', sample.framesLost, sample.push === 'once' ? Infinity : 0),
    ...exceeding('broken pictures', sample.broken, 0),
    ...exceeding('disconnects', isOwnPatience(sample) ? 0 : sample.disconnects, 0),
    ...exceeding('gap ms', sample.gapMs, gapMs + sample.controlGapMs),
  ];
}

/** A player that gives up a picture that stands for long, while its camera is away for as long, was not put out. */
function isOwnPatience({ push, reason = '' }: Sample): boolean {
  return push === 'once' && reason.startsWith('no picture');
}

function allowedGapMs({ push, cameraAwayMs }: Sample): number {
  switch (push as Push) {
    case 'encoders':
      return SWITCH_MS;
    case 'slow':
      return SLOW_PUSH_MS;
    case 'once':
      // A camera that held on to its connection has no time of its own to compare with.
      return cameraAwayMs === undefined ? Infinity : cameraAwayMs + RECONNECTED_MS;
    default:
      return TWO_FRAMES_MS;
  }
}

function judgeRelayFault(sample: Sample): string[] {
  const isNodeLost = sample.fault === 'power-cut' || sample.fault === 'network-cut';
  const withoutLeader = isNodeLost && sample.operator === 'leader-down';
  const connectMs = withoutLeader ? CONNECT_WITHOUT_LEADER_MS : (CONNECT_MS[sample.fault] ?? Infinity);
  return [
    ...exceeding('ms to a new connection', sample.connectMs, connectMs),
    ...exceeding('ms to play again', sample.replayMs ?? 0, REPLAY_MS),
  ];
}

function exceeding(what: string, value: number, most: number): string[] {
  return value <= most ? [] : [`${Math.round(value)} ${what}, promised are ${Math.round(most)}`];
}
