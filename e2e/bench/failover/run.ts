import path from 'node:path';
import { FRAMES_PER_SECOND } from '../../peers/camera-settings.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import { measureConnects } from '../fault-ground/connect-figures.ts';
import { longestInterval } from '../fault-ground/playing.ts';
import { copyRecord, type PlayerRecord, type Window } from '../fault-ground/recording.ts';
import { AWAY_BUDGET_MS, ignoreAway, keepFault } from '../fault-ground/strike.ts';
import { Viewers } from '../fault-ground/viewers.ts';
import { GOP } from './cameras.ts';
import { FAULTS, type PushStrike, STRIKES_A_NODE } from './faults.ts';
import type { Ground } from './ground.ts';
import type { MediaSystem } from './media-system.ts';
import type { Push } from './pushes.ts';
import { measureReader } from './reader-figures.ts';
import type { Sample } from './sample.ts';
import type { FaultName, Repetition } from './schedule.ts';

const FRAME_INTERVAL_MS = 1000 / FRAMES_PER_SECOND;
/** Of the control reader, beyond one frame interval: two frames late. */
const DISTURBED_MS = 2 * FRAME_INTERVAL_MS;
const BEFORE_PICTURES = 2 * FRAMES_PER_SECOND;
const AFTER_PICTURES = FRAMES_PER_SECOND;

/** Whose stream a player shows. */
interface Seat {
  readonly system: MediaSystem;
  readonly push: Push;
}

/** One repetition of one fault on all systems: from whole to whole again. */
export async function runRepetition(ground: Ground, repetition: Repetition): Promise<Sample[]> {
  const { tier } = repetition;
  const fault = repetition.fault as FaultName;
  await ground.goHome();
  await ground.arm();
  const strike = await FAULTS[fault](ground, tier);
  const seats = listSeats(ground, strike);
  ground.cameras.forgetOld();
  const viewers = await openViewers(ground, seats);
  try {
    await viewers.allPlay(BEFORE_PICTURES, BUDGETS.picture);
    await ground.release();
    await setOperator(ground, repetition);
    await viewers.allPlay(BEFORE_PICTURES, BUDGETS.picture);
    const faultMs = await keepFault(viewers, strike, AFTER_PICTURES);
    await ground.goHome();
    await ground.cameras.allAccepted(BUDGETS.healed);
    await ignoreAway(viewers.allPlay(AFTER_PICTURES, AWAY_BUDGET_MS));
    const window = { faultMs, endMs: performance.timeOrigin + performance.now() };
    return await takeSamples(ground, seats, viewers, window, repetition);
  } finally {
    await viewers.close();
  }
}

function listSeats({ systems }: Ground, strike: PushStrike): Seat[] {
  return systems.flatMap((system) =>
    system.pushes.filter((push) => strike.pushes?.includes(push) ?? true).map((push) => ({ system, push })),
  );
}

/** A player a seat, then the control reader; a connector a system. */
function openViewers(ground: Ground, seats: readonly Seat[]): Promise<Viewers> {
  const players = seats.map(({ system, push }) => system.viewer(push));
  const connectors = listSystems(seats).map((system) => system.viewer('rtsp'));
  const settings = { players: [...players, ground.controlViewer], connectors };
  return Viewers.start(settings, path.join(ground.folder, 'viewers.json'), ground.netns);
}

function listSystems(seats: readonly Seat[]): MediaSystem[] {
  return [...new Set(seats.map(({ system }) => system))];
}

/** Where a node is struck, the leader is on it where it is to be down, and elsewhere where it is not. */
async function setOperator(ground: Ground, { tier, fault, operator }: Repetition): Promise<void> {
  const strikesNode = STRIKES_A_NODE.has(fault as FaultName);
  const goesWithNode = operator === 'leader-down' && strikesNode && fault !== 'drain';
  if (operator === 'all-down') await ground.operators.stopAll();
  else if (strikesNode)
    await ground.operators.lead(goesWithNode ? ground.activeNode(tier) : ground.otherNode(tier));
  if (operator === 'leader-down' && !goesWithNode) await ground.operators.freezeLeader();
}

async function takeSamples(
  ground: Ground,
  seats: readonly Seat[],
  viewers: Viewers,
  window: Window,
  { tier, fault, operator, repetition }: Repetition,
): Promise<Sample[]> {
  const control = viewers.players.at(-1) as PlayerRecord;
  const controlGapMs = Math.max(0, longestInterval(control, window) - FRAME_INTERVAL_MS);
  const systems = listSystems(seats);
  const connects = new Map(
    systems.map((system, index) => [system, measureConnects(viewers.connectors[index] ?? [], window)]),
  );
  const samples: Sample[] = [];
  for (const [index, { system, push }] of seats.entries()) {
    const record = copyRecord(viewers.players[index] as PlayerRecord);
    const encodings = await ground.cameras.encodings(push, record.hashes);
    const awayMs = push === 'once' ? ground.cameras.onceAwayMs(window.faultMs, window.endMs) : undefined;
    samples.push({
      ...{ system: system.name, tier, fault, operator, push, repetition },
      ...measureReader(record, window, encodings, GOP),
      ...(awayMs !== undefined && { cameraAwayMs: awayMs }),
      ...(connects.get(system) ?? { connectMs: 0, connectsFailed: 0 }),
      controlGapMs,
      isDisturbed: controlGapMs > DISTURBED_MS,
    });
  }
  return samples;
}
