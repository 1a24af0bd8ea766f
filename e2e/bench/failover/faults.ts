/** The faults, each on all systems in the same moment. */
import type { Side } from '../../../operator/src/api/labels.ts';
import { run } from '../../cluster/command.ts';
import { signal } from '../../cluster/processes.ts';
import type { Strike } from '../fault-ground/strike.ts';
import type { Ground } from './ground.ts';
import type { Push } from './pushes.ts';
import { SLOW_PUSH_MS } from './pushes.ts';
import type { Tier } from './sample.ts';
import type { FaultName } from './schedule.ts';

/** One fault, ready to strike. */
export interface PushStrike extends Strike {
  /** The cameras that it concerns; all where left out. */
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
/** SRT behind 28 bytes of IP and UDP headers: a data packet (F is 0) whose flag R says that it is sent again. */
const SENT_AGAIN = '28&0x80000000=0&&32&0x04000000=0x04000000';

type Prepare = (ground: Ground, tier: Tier) => Promise<PushStrike>;

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

async function crash(ground: Ground, tier: Tier): Promise<PushStrike> {
  const pids = await ground.activeServers(tier);
  return {
    act: async () => {
      for (const pid of pids) signal(pid, 'SIGKILL');
    },
    holdMs: SETTLE_MS,
    waitsForViewers: true,
  };
}

/**
 * On the cameras' side: a share of what is sent to these ports is lost, and what SRT sends once more for it never
 * arrives, as on a way whose round trip is longer than the latency that sender and receiver agreed on. (MediaMTX asks
 * for 120 ms and nobody can ask for less: here, where a round trip takes none, everything would come in time.)
 */
async function losePackets(ground: Ground, action: string, ports: readonly string[]): Promise<void> {
  const causes = [
    ['-m', 'statistic', '--mode', 'random', '--probability', LOST_SHARE],
    ['-m', 'u32', '--u32', SENT_AGAIN],
  ];
  for (const port of ports) {
    for (const cause of causes) {
      const args = ['--wait', action, 'OUTPUT', '-p', 'udp', '--dport', port, ...cause, '-j', 'DROP'];
      await run('ip', ['netns', 'exec', ground.cluster.outsideNetns, 'iptables', ...args]);
    }
  }
}

async function switchTo(ground: Ground, tier: Tier, side: Side): Promise<PushStrike> {
  return {
    act: async () => void (await Promise.all(ground.systems.map((system) => system.switchTo?.(tier, side)))),
    holdMs: SETTLE_MS,
    waitsForViewers: true,
  };
}
