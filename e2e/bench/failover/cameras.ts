import path from 'node:path';
import type { Offer, PushTarget } from '../../peers/camera-settings.ts';
import { SimulatedCamera } from '../../peers/simulated-camera.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import type { MediaSystem } from './media-system.ts';
import { PULLED_PORT, PUSHES, type Push, SLOW_PUSH_MS } from './pushes.ts';

export const GOP = 25;
/** What a camera told before this many pictures is forgotten at each repetition's beginning. */
const REMEMBERED = 10 * GOP;

export interface CamerasPlace {
  readonly mediamtx: string;
  readonly folder: string;
  readonly netns: string;
  readonly offer: Omit<Offer, 'port'>;
}

/** The cameras, one a kind of push, each of which pushes to every system that takes its kind. */
export class Cameras {
  readonly #systems: readonly MediaSystem[];
  readonly #place: CamerasPlace;
  /** One a kind, two where it encodes for each side apart. */
  readonly #cameras = new Map<Push, SimulatedCamera[]>();

  constructor(systems: readonly MediaSystem[], place: CamerasPlace) {
    this.#systems = systems;
    this.#place = place;
  }

  async start(): Promise<void> {
    for (const push of PUSHES) {
      if (this.#systems.some(({ pushes }) => pushes.includes(push))) await this.#start(push);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#cameras.values()].flat().map((camera) => camera.stop()));
    this.#cameras.clear();
  }

  async allAccepted(budgetMs: number): Promise<void> {
    await Promise.all([...this.#cameras.values()].flat().map((camera) => camera.accepted(budgetMs)));
  }

  /** Brings the camera that pushes once to the side that is active now, as its next connection would. */
  async reconnectOnce(): Promise<void> {
    const [camera] = this.#cameras.get('once') ?? [];
    if (camera === undefined) return;
    await camera.stop();
    await this.#start('once');
    await this.#of('once').accepted(BUDGETS.accepted);
  }

  forgetOld(): void {
    for (const { sent } of [...this.#cameras.values()].flat()) {
      const old = Math.max(0, sent.v.length - REMEMBERED);
      // By whole groups, so that a picture's place still tells whether it is a key picture.
      sent.v.splice(0, old - (old % GOP));
    }
  }

  /** What the cameras of this kind sent, an encoding each, once they have told of what a reader got. */
  async encodings(push: Push, received: readonly string[]): Promise<string[][]> {
    const cameras = this.#cameras.get(push) ?? [];
    const isTold = (hash: string) => cameras.some(({ sent }) => sent.v.includes(hash));
    const untold = received.slice(-REMEMBERED).filter((hash) => !isTold(hash));
    try {
      for (const hash of untold) await Promise.any(cameras.map((camera) => camera.tells('v', hash)));
    } catch {
      // None tells of it in time: it is foreign, and counts as such.
    }
    return cameras.map(({ sent }) => [...sent.v]);
  }

  /** From the fault until the camera that pushes once was accepted again, ms; undefined where it was never lost. */
  onceAwayMs(faultMs: number, endMs: number): number | undefined {
    const [camera] = this.#cameras.get('once') ?? [];
    const last = camera?.interruptions.findLast(({ lostMs }) => lostMs >= faultMs && lostMs <= endMs);
    return last === undefined ? undefined : (last.acceptedMs ?? endMs) - faultMs;
  }

  /** The pushes of this kind to the primary sides: their addresses, and a way to make them late. */
  primaryTargets(push: Push): PushTarget[] {
    return this.#primaries(push).map((index) => this.#of(push).settings.pushes[index]!);
  }

  async delayPrimaries(push: Push, delayMs: number): Promise<void> {
    await this.#of(push).delay(this.#primaries(push), delayMs);
  }

  #of(push: Push): SimulatedCamera {
    const [camera] = this.#cameras.get(push) ?? [];
    if (camera === undefined) throw new Error(`No camera of the kind ${push} runs.`);
    return camera;
  }

  /** A camera's pushes are pairs of primary and backup, a system each. */
  #primaries(push: Push): number[] {
    return this.#of(push).settings.pushes.flatMap((_, index) => (index % 2 === 0 ? [index] : []));
  }

  async #start(push: Push): Promise<void> {
    const all = this.#systems.filter(({ pushes }) => pushes.includes(push)).map((one) => one.targets(push));
    const only = (side: 'primary' | 'backup' | 'active') => all.flatMap((targets) => targets[side] ?? []);
    if (push === 'encoders') {
      const first = await this.#run('encoders-primary', only('primary'));
      this.#cameras.set(push, [first, await this.#run('encoders-backup', only('backup'))]);
      return;
    }
    const targets = all.flatMap(({ primary, backup, active }) => {
      const late = push === 'slow' && backup !== undefined ? { ...backup, delayMs: SLOW_PUSH_MS } : backup;
      return [primary, late, active].filter((target) => target !== undefined);
    });
    const offer = push === 'pull' ? { ...this.#place.offer, port: PULLED_PORT } : undefined;
    this.#cameras.set(push, [await this.#run(push, targets, offer)]);
  }

  #run(name: string, pushes: readonly PushTarget[], offer?: Offer): Promise<SimulatedCamera> {
    const { mediamtx, folder, netns } = this.#place;
    const settings = { name, mediamtx, video: 'H264', gop: GOP, pushes, ...(offer && { offer }) } as const;
    return SimulatedCamera.start(settings, path.join(folder, name), netns);
  }
}
