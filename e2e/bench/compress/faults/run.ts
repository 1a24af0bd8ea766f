import { FRAMES_PER_SECOND } from '../../../peers/camera-settings.ts';
import { compareFrames } from '../../../peers/frames.ts';
import { BUDGETS } from '../../../stage/budgets.ts';
import { measureConnects } from '../../fault-ground/connect-figures.ts';
import { longestInterval, measureSessions } from '../../fault-ground/playing.ts';
import { copyRecord, type PlayerRecord, type Window } from '../../fault-ground/recording.ts';
import { AWAY_BUDGET_MS, ignoreAway, keepFault } from '../../fault-ground/strike.ts';
import { Viewers } from '../../fault-ground/viewers.ts';
import { watchIdle } from '../../processes/machine-idle.ts';
import type { CompressGround } from './ground.ts';
import { measureNumbered } from './numbered-figures.ts';
import { RENDITIONS } from './renditions.ts';
import type { Sample } from './sample.ts';
import type { FaultName, Repetition } from './schedule.ts';
import { STRIKES, STRIKES_A_NODE } from './strikes.ts';

const FRAME_INTERVAL_MS = 1_000 / FRAMES_PER_SECOND;
const BEFORE_PICTURES = 2 * FRAMES_PER_SECOND;
const AFTER_PICTURES = FRAMES_PER_SECOND;
/** A standby hands back 5 s after the first worker is there again. */
const HANDED_BACK_PICTURES = 7 * FRAMES_PER_SECOND;

/** One repetition of one fault, watched by a viewer a rendition: from whole to whole again. Somebody new asks for the first. */
export async function runRepetition(ground: CompressGround, repetition: Repetition): Promise<Sample[]> {
  const fault = repetition.fault as FaultName;
  await ground.goHome();
  const strike = await STRIKES[fault](ground);
  const renditions = await ground.viewers();
  const players = [...renditions, await ground.controlViewer()];
  const settings = { players, connectors: renditions.slice(0, 1) };
  const viewers = await Viewers.start(settings, ground.viewersFile, ground.stage.outside.netns);
  try {
    await viewers.allPlay(BEFORE_PICTURES, BUDGETS.picture);
    await setOperator(ground, repetition);
    await viewers.allPlay(BEFORE_PICTURES, BUDGETS.picture);
    const readIdle = watchIdle();
    const faultMs = await keepFault(viewers, strike, AFTER_PICTURES);
    const idle = readIdle();
    const concerned = strike.concerned?.();
    await ground.makeWhole();
    await ignoreAway(viewers.allPlay(HANDED_BACK_PICTURES, AWAY_BUDGET_MS));
    const window = { faultMs, endMs: performance.timeOrigin + performance.now() };
    const samples = await takeSamples(ground, viewers, window, { ...repetition, idle });
    return samples.filter(({ rendition }) => concerned?.includes(rendition) ?? true);
  } finally {
    await viewers.close();
  }
}

/** Where a node is struck, the leader is on the other one: how its loss is healed is another bench's. */
async function setOperator(ground: CompressGround, { fault, operator }: Repetition): Promise<void> {
  if (operator === 'all-down') await ground.operators.stopAll();
  else if (STRIKES_A_NODE.has(fault as FaultName)) await ground.operators.lead(ground.otherNode);
}

async function takeSamples(
  ground: CompressGround,
  viewers: Viewers,
  window: Window,
  { fault, operator, repetition, idle }: Repetition & { readonly idle: number },
): Promise<Sample[]> {
  const control = copyRecord(viewers.players.at(-1) as PlayerRecord);
  await ground.controlCamera.told('v', control.hashes.at(-1) ?? '');
  const { missing: controlLost } = compareFrames(ground.controlCamera.sent.v, control.hashes);
  const controlGapMs = Math.max(0, longestInterval(control, window) - FRAME_INTERVAL_MS);
  const connects = measureConnects(viewers.connectors[0] ?? [], window);
  return RENDITIONS.map(({ name, redundancy }, index) => {
    const record = copyRecord(viewers.players[index] as PlayerRecord);
    return {
      ...{ rendition: name, redundancy, fault, operator, repetition },
      ...measureNumbered(record, window),
      ...measureSessions(record, window),
      ...connects,
      ...{ controlGapMs, controlLost, idle },
    };
  });
}
