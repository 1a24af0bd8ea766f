import { describe, expect, it } from 'vitest';
import { buildEvidence, type SideChanges } from '../../test/shard-evidence.ts';
import { CARRIED_FOR_MS, decide, LESS_FOR_MS, STARTING_MS } from './decide.ts';
import type { ShardEvidence, ShardMemory } from './evidence.ts';

const NOW = 100_000;
const reasonOf = (shard: ShardEvidence, memory: ShardMemory = {}) =>
  decide(shard, memory, NOW).switch?.reason;

describe('an active side that serves nobody any more', () => {
  it.each<{ what: string; primary: SideChanges; reason: string }>([
    { what: 'its pod is gone', primary: { pod: 'none' }, reason: 'PodGone' },
    {
      what: 'its agent says that MediaMTX is gone',
      primary: { agent: { isMediamtxUp: false, wellMs: NOW - 40 } },
      reason: 'ServerDown',
    },
    {
      what: 'its connection was lost, and its RTSP port refuses',
      primary: {
        agent: { isConnected: false, heardMs: NOW - 20 },
        probe: { atMs: NOW - 10, mediamtx: 'refused', agent: 'refused' },
      },
      reason: 'ServerDown',
    },
    {
      what: 'its agent is gone, and it is a relay',
      primary: {
        agent: { isConnected: false, heardMs: NOW - 20 },
        probe: { atMs: NOW - 10, mediamtx: 'answers', agent: 'refused' },
      },
      reason: 'AgentDown',
    },
    {
      what: 'its node does not answer',
      primary: {
        agent: { heardMs: NOW - 1_400, wellMs: NOW - 1_400 },
        probe: { atMs: NOW - 450, mediamtx: 'silent', agent: 'silent' },
      },
      reason: 'Unreachable',
    },
    {
      what: 'its MediaMTX is frozen, and the agent beside it too busy to say so',
      primary: {
        agent: { heardMs: NOW - 1_400 },
        probe: { atMs: NOW - 450, mediamtx: 'silent', agent: 'answers' },
      },
      reason: 'ServerDown',
    },
  ])('is left at once when $what', ({ primary, reason }) => {
    const decision = decide(buildEvidence(NOW, { primary }), {}, NOW);
    expect(decision.switch).toMatchObject({ to: 'backup', reason, isUrgent: true });
  });

  it('is left for a side that carries less, since it carries nothing', () => {
    const shard = buildEvidence(NOW, { primary: { pod: 'none' }, backup: { online: new Set(['a']) } });
    expect(reasonOf(shard)).toBe('PodGone');
  });

  it.each<{ what: string; backup: SideChanges }>([
    { what: 'is gone too', backup: { pod: 'none' } },
    {
      what: 'is silent too: it is the operator that hears nothing',
      backup: { agent: { heardMs: NOW - 1_400 } },
    },
    { what: 'has no MediaMTX', backup: { agent: { isMediamtxUp: false } } },
    { what: 'was never heard', backup: { agent: 'never' } },
    { what: 'has no endpoint: its pod is not ready', backup: { pod: { isReady: false } } },
  ])('is kept where the other $what', ({ backup }) => {
    expect(reasonOf(buildEvidence(NOW, { primary: { pod: 'none' }, backup }))).toBeUndefined();
  });

  it('is left for a side that nobody but a probe has heard', () => {
    const probe = { atMs: NOW - 10, mediamtx: 'answers', agent: 'answers' } as const;
    const shard = buildEvidence(NOW, { primary: { pod: 'none' }, backup: { agent: 'never', probe } });
    expect(reasonOf(shard)).toBe('PodGone');
  });

  it('tells how long the fault had been there at most', () => {
    const shard = buildEvidence(NOW, { primary: { agent: { isMediamtxUp: false, wellMs: NOW - 120 } } });
    expect(decide(shard, {}, NOW).switch?.detectMs).toBe(120);
  });

  it('is waited for while it begins', () => {
    const shard = buildEvidence(NOW, { primary: { pod: 'none', agent: 'never' } });
    expect(reasonOf(shard)).toBeUndefined();
    expect(reasonOf(shard, { downSinceMs: NOW - STARTING_MS })).toBe('PodGone');
  });
});

describe('an active side that may be well', () => {
  it.each<{ what: string; shard: Parameters<typeof buildEvidence>[1] }>([
    { what: 'one late heartbeat', shard: { primary: { agent: { heardMs: NOW - 850 } } } },
    {
      what: 'an operator that did not run',
      shard: { attentiveSinceMs: NOW - 200, primary: { agent: { heardMs: NOW - 5_000 } } },
    },
    {
      what: 'a lost connection of an agent that answers',
      shard: {
        primary: {
          agent: { isConnected: false, heardMs: NOW - 20 },
          probe: { atMs: NOW - 10, mediamtx: 'answers', agent: 'answers' },
        },
      },
    },
    {
      what: "a factory's agent that restarts: its streams go on without it",
      shard: {
        isUselessWithoutAgent: false,
        primary: {
          agent: { isConnected: false, heardMs: NOW - 500 },
          probe: { atMs: NOW - 10, mediamtx: 'answers', agent: 'refused' },
        },
      },
    },
    {
      what: 'an old probe',
      shard: {
        primary: {
          agent: { isConnected: false, heardMs: NOW - 20 },
          probe: { atMs: NOW - 30, mediamtx: 'refused', agent: 'refused' },
        },
      },
    },
  ])('is not left for $what', ({ shard }) => {
    expect(reasonOf(buildEvidence(NOW, shard))).toBeUndefined();
  });

  it('is probed as soon as it is suspect, and looked at again', () => {
    const decision = decide(buildEvidence(NOW, { primary: { agent: { heardMs: NOW - 950 } } }), {}, NOW);
    expect(decision.probe).toEqual(['primary']);
    expect(decision.wakeMs - NOW).toBeLessThanOrEqual(400);
  });

  it('is not probed nor woken for while all is well', () => {
    const decision = decide(buildEvidence(NOW), {}, NOW);
    expect(decision.probe).toEqual([]);
    expect(decision.wakeMs).toBe(NOW + 900);
  });
});

describe('an active side that is to be left', () => {
  it.each<{ what: string; shard: Parameters<typeof buildEvidence>[1]; reason: string; isUrgent: boolean }>([
    {
      what: 'its pod is being shut down',
      shard: { primary: { pod: { isLeaving: true } } },
      reason: 'PodLeaving',
      isUrgent: true,
    },
    {
      what: 'its node is cordoned',
      shard: { primary: { pod: { isNodeCordoned: true } } },
      reason: 'NodeCordoned',
      isUrgent: false,
    },
    {
      what: 'it is in maintenance',
      shard: { primary: { isInMaintenance: true } },
      reason: 'Maintenance',
      isUrgent: false,
    },
    { what: 'a person asks', shard: { requested: 'backup' }, reason: 'Requested', isUrgent: false },
  ])('is left when $what, and the other carries everything', ({ shard, reason, isUrgent }) => {
    expect(decide(buildEvidence(NOW, shard), {}, NOW).switch).toMatchObject({
      to: 'backup',
      reason,
      isUrgent,
    });
    const lacking = buildEvidence(NOW, { ...shard, backup: { online: new Set(['a']) } });
    expect(reasonOf(lacking)).toBeUndefined();
    const onItsWayOut = buildEvidence(NOW, { ...shard, backup: { pod: { isNodeCordoned: true } } });
    expect(reasonOf(onItsWayOut)).toBeUndefined();
    const withoutEndpoint = buildEvidence(NOW, { ...shard, backup: { pod: { isReady: false } } });
    expect(reasonOf(withoutEndpoint)).toBeUndefined();
  });

  it('is left for one that has served everything and more for a while', () => {
    const shard = buildEvidence(NOW, { primary: { online: new Set(['a']) } });
    expect(reasonOf(shard)).toBeUndefined();
    expect(reasonOf(shard, { lessSinceMs: NOW - LESS_FOR_MS })).toBe('ServesLess');
  });
});

describe('an active side that waits for an upgrade', () => {
  const upgrade = { side: 'backup', unplayed: [] } as const;
  const carried: ShardMemory = { carriedSinceMs: NOW - CARRIED_FOR_MS };

  it('is left once the other has carried everything for a while', () => {
    const shard = buildEvidence(NOW, { upgrade });
    const first = decide(shard, {}, NOW);
    expect(first.switch).toBeUndefined();
    expect(first.memory).toEqual({ carriedSinceMs: NOW });
    expect(reasonOf(shard, { carriedSinceMs: NOW - CARRIED_FOR_MS + 1 })).toBeUndefined();
    const due = decide(shard, carried, NOW).switch;
    expect(due).toMatchObject({ to: 'backup', reason: 'Upgrade', isUrgent: false });
  });

  it.each<{ what: string; shard: Parameters<typeof buildEvidence>[1] }>([
    { what: 'has a camera no more', shard: { backup: { online: new Set(['a']) } } },
    { what: 'is not played by a relay', shard: { upgrade: { side: 'backup', unplayed: ['ns/relay a'] } } },
    { what: 'has lost its endpoint', shard: { backup: { pod: { isReady: false } } } },
    { what: 'is heard late', shard: { backup: { agent: { heardMs: NOW - 1_000 } } } },
    { what: 'is the one that waits itself', shard: { upgrade: { side: 'primary', unplayed: [] } } },
  ])('is kept where the other $what, and the time begins anew', ({ shard }) => {
    const decision = decide(buildEvidence(NOW, { upgrade, ...shard }), carried, NOW);
    expect(decision.switch).toBeUndefined();
    expect(decision.memory.carriedSinceMs).toBeUndefined();
  });
});

describe('failback', () => {
  const back = { activeSide: 'backup' } as const;
  const whole: ShardMemory = { wholeSinceMs: NOW - 60_000 };

  it('comes once the primary side has been whole for the set time', () => {
    expect(reasonOf(buildEvidence(NOW, back), whole)).toBe('Failback');
    expect(reasonOf(buildEvidence(NOW, back), { wholeSinceMs: NOW - 59_000 })).toBeUndefined();
  });

  it.each<{ what: string; shard: Parameters<typeof buildEvidence>[1] }>([
    { what: 'by itself where a person asked for the backup side', shard: { lastReason: 'Requested' } },
    { what: 'where it is for a person to ask', shard: { failover: { failback: 'Manual' } } },
    { what: 'to a side in maintenance', shard: { primary: { isInMaintenance: true } } },
    { what: 'to a side that lacks a stream', shard: { primary: { online: new Set(['a']) } } },
    {
      what: 'from a side that is the only one heard',
      shard: { primary: { agent: { heardMs: NOW - 1_000 } } },
    },
  ])('does not come $what', ({ shard }) => {
    expect(reasonOf(buildEvidence(NOW, { ...back, ...shard }), whole)).toBeUndefined();
  });

  it('begins to count anew after an interruption', () => {
    const broken = buildEvidence(NOW, { ...back, primary: { agent: { heardMs: NOW - 1_000 } } });
    expect(decide(broken, whole, NOW).memory.wholeSinceMs).toBeUndefined();
    expect(decide(buildEvidence(NOW, back), {}, NOW).memory.wholeSinceMs).toBe(NOW);
  });
});
