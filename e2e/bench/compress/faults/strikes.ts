/** The faults, each on the worker that is shown for every rendition. */
import { signal } from '../../../cluster/processes.ts';
import type { Strike } from '../../fault-ground/strike.ts';
import type { CompressGround } from './ground.ts';
import type { FaultName } from './schedule.ts';

export const STRIKES_A_NODE: ReadonlySet<FaultName> = new Set(['power-cut', 'drain']);

const SETTLE_MS = 5_000;
const FREEZE_MS = 6_000;
const DRAIN_BUDGET_MS = 180_000;

export interface WorkerStrike extends Strike {
  /** The renditions that it concerned, once it is done; all where left out. */
  readonly concerned?: () => readonly string[];
}

type Prepare = (ground: CompressGround) => Promise<WorkerStrike>;

export const STRIKES: Readonly<Record<FaultName, Prepare>> = {
  crash: async (ground) => {
    const pids = await ground.shownProcesses();
    return {
      act: async () => sendAll(pids, 'SIGKILL'),
      holdMs: SETTLE_MS,
      waitsForViewers: true,
    };
  },
  freeze: async (ground) => {
    const pids = await ground.shownProcesses();
    return {
      act: async () => sendAll(pids, 'SIGSTOP'),
      holdMs: FREEZE_MS,
      waitsForViewers: true,
      mend: async () => sendAll(pids, 'SIGCONT'),
    };
  },
  'power-cut': async ({ stage: { cluster }, shownNode }) => ({
    act: () => cluster.powerOff(shownNode),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
    mend: () => cluster.up(),
  }),
  'scale-in': async (ground) => {
    await ground.spread(3);
    const before = await ground.pool.untilWorkers(3);
    let gone: string[] = [];
    return {
      act: async () => {
        const after = new Set((await ground.pool.scaleTo(2)).map(({ name }) => name));
        gone = before.map(({ name }) => name).filter((name) => !after.has(name));
      },
      holdMs: SETTLE_MS,
      waitsForViewers: true,
      concerned: () => ground.listEncodedBy(gone),
    };
  },
  drain: async ({ stage: { kubectl }, shownNode, placement }) => {
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];
    return {
      act: async () => void (await kubectl.run(['drain', shownNode, ...flags], undefined, DRAIN_BUDGET_MS)),
      holdMs: SETTLE_MS,
      waitsForViewers: true,
      mend: () => placement.uncordonAll(),
    };
  },
  upgrade: async ({ pool }) => ({
    act: () => pool.upgrade(),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
  }),
};

function sendAll(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) signal(pid, name);
}
