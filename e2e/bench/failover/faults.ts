/** The faults, each on all systems in the same moment. */
import type { Side } from '../../../operator/src/api/labels.ts';
import { run } from '../../cluster/command.ts';
import { signal } from '../../cluster/processes.ts';
import type { Ground } from './ground.ts';
import type { Push } from './pushes.ts';
import { SLOW_PUSH_MS } from './pushes.ts';
import type { System, Tier } from './sample.ts';
import type { FaultName } from './schedule.ts';

/** One fault, ready to strike. */
export interface Strike {
  /** Done last before the fault; does not count. */
  readonly before?: () => Promise<void>;
  readonly act: () => Promise<void>;
  /** The least time between the fault and its end. */
  readonly holdMs: number;
  /** Whether it lasts until all viewers play again, so long as they do within a budget. */
  readonly waitsForViewers: boolean;
  /** Ends it. */
  readonly mend?: () => Promise<void>;
  /** Those that it concerns; all where left out. */
  readonly systems?: readonly System[];
  readonly pushes?: readonly Push[];
}

/** Where the leader of the operator must be for a fault. */
export const STRIKES_A_NODE: ReadonlySet<FaultName> = new Set(['power-cut', 'network-cut', 'drain']);

const FREEZE_MS = 3_000;
const LOSSY_MS = 6_000;
const SLOW_MS = 5_000;
const SETTLE_MS = 5_000;
const DRAIN_BUDGET_MS = 180_000;
const LOST_SHARE = '0.05';

type Prepare = (ground: Ground, tier: Tier) => Promise<Strike>;

export const FAULTS: Readonly<Record<FaultName, Prepare>> = {
  crash,
  'crash-after-change': async (ground, tier) => ({
    ...(await crash(ground, tier)),
    before: () => ground.changeEndpoint(),
  }),
  freeze: async (ground, tier) => {
    const pids = await ground.activeServers(tier);
    const send = async (name: NodeJS.Signals) => {
      for (const pid of pids) signal(pid, name);
    };
    return {
      act: () => send('SIGSTOP'),
      // A viewer of a relay that hangs gives it up after as long: it must not come back in that moment.
      holdMs: tier === 'factory' ? FREEZE_MS : FREEZE_MS * 2,
      waitsForViewers: false,
      mend: () => send('SIGCONT'),
    };
  },
  'power-cut': async (ground, tier) => ({
    act: () => ground.cluster.powerOff(ground.activeNode(tier)),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
    mend: () => ground.cluster.up(),
  }),
  'network-cut': async (ground, tier) => ({
    act: () => ground.cluster.cut(ground.activeNode(tier)),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
    mend: () => ground.cluster.up(),
  }),
  drain: async (ground, tier) => {
    const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];
    const args = ['drain', ground.activeNode(tier), ...flags];
    return {
      act: async () => void (await ground.kubectl.run(args, undefined, DRAIN_BUDGET_MS)),
      holdMs: SETTLE_MS,
      waitsForViewers: true,
      mend: () => ground.placement.uncordonAll(),
    };
  },
  upgrade: async (ground, tier) => ({
    act: async () => void (await Promise.all(ground.systems.map((system) => system.upgrade(tier)))),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
  }),
  'lossy-push': async (ground) => {
    const ports = ground.cameras.primaryTargets('srt').map(({ url }) => new URL(url).port);
    return {
      act: () => losePackets(ground, '--append', ports),
      holdMs: LOSSY_MS,
      waitsForViewers: false,
      mend: () => losePackets(ground, '--delete', ports),
      pushes: ['srt'],
    };
  },
  'slow-push': async (ground) => ({
    act: () => ground.cameras.delayPrimaries('rtsp', SLOW_PUSH_MS),
    holdMs: SLOW_MS,
    waitsForViewers: false,
    mend: () => ground.cameras.delayPrimaries('rtsp', 0),
    pushes: ['rtsp'],
  }),
  switchover: async (ground, tier) => switchTo(ground, tier, 'backup'),
  failback: async (ground, tier) => {
    await (await switchTo(ground, tier, 'backup')).act();
    return switchTo(ground, tier, 'primary');
  },
};

async function crash(ground: Ground, tier: Tier): Promise<Strike> {
  const pids = await ground.activeServers(tier);
  return {
    act: async () => {
      for (const pid of pids) signal(pid, 'SIGKILL');
    },
    holdMs: SETTLE_MS,
    waitsForViewers: true,
  };
}

/** In the cameras' own namespace: what a camera sends to these UDP ports is lost on the way, the repeated too. */
async function losePackets(ground: Ground, action: string, ports: readonly string[]): Promise<void> {
  for (const port of ports) {
    const rule = ['-p', 'udp', '--dport', port, '-m', 'statistic', '--mode', 'random'];
    const args = ['--wait', action, 'OUTPUT', ...rule, '--probability', LOST_SHARE, '-j', 'DROP'];
    await run('ip', ['netns', 'exec', ground.cluster.outsideNetns, 'iptables', ...args]);
  }
}

async function switchTo(ground: Ground, tier: Tier, side: Side): Promise<Strike> {
  return {
    act: async () => void (await Promise.all(ground.systems.map((system) => system.switchTo?.(tier, side)))),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
    systems: ['cupola'],
  };
}
