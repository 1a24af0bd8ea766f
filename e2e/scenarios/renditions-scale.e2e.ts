/** The autoscaler makes a pool larger when its encoders need more, and smaller again: viewers stay, and see no corrupt picture. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NumberedReader } from '../peers/numbered-reader.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { type LivePool, poolsPath, untilWorkers } from '../stage/live-pool.ts';
import { findRendition, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

const CAMERAS = ['gate', 'pier'];
/** Two encoders are in step but for a picture or so on a busy machine; a rendition is edited, and may move. */
const PASSED_OVER = 2;
/** With bits enough: what coding adds must not look like a corrupt picture. */
const CHEAP = { height: 90, bitrateKbps: 300, speed: 'ultrafast' };
const DEAR = { height: 270, bitrateKbps: 300, speed: 'medium' };
/** Far below what a worker has room for: the load alone asks for more workers, nothing waits for one. */
const TARGET_PERCENT = 30;
const REQUESTED_MILLICORES = { agent: 350, mediamtx: 50 };

let stage: Stage;
let site: LiveSite;
let viewers: NumberedReader[];

beforeAll(async () => {
  stage = await Stage.open('e2e-scaling');
  await applyProfile(CHEAP);
  await Promise.all(
    CAMERAS.map((name) => stage.startPushing(site, name, { protocol: 'rtmp', numbered: { encoders: 1 } })),
  );
  site = await stage.untilSite('quay', 'every rendition encoded', BUDGETS.healed, (live) =>
    CAMERAS.every((name) => findRendition(live, name, 'low')?.state === 'Encoding'),
  );
  viewers = await Promise.all(CAMERAS.map((name) => stage.watchRendition(site, name, 'low')));
  await Promise.all(viewers.map((viewer) => viewer.pictures(50, BUDGETS.picture)));
  for (const viewer of viewers) viewer.begin();
});

afterAll(async () => {
  await stage?.close();
});

test('encoders that need more get another worker', async () => {
  await untilPool('two workers', (pool) => pool.status?.workers?.length === 2);
  await applyProfile(DEAR);
  const scaled = untilPool('three replicas', ({ spec }) => spec.replicas === 3);
  const [crossedMs, scaledMs] = await Promise.all([
    noteUse((percent) => percent > TARGET_PERCENT, scaled),
    scaled,
  ]);
  const readyMs = await untilWorkersAre(3);
  console.log(
    `above the target by metrics.k8s.io; three replicas ${seconds(crossedMs, scaledMs)} later, ` +
      `the third worker ready ${seconds(crossedMs, readyMs)} later`,
  );
  await expectSmoothChange();
});

test('and it goes when they need less', async () => {
  await applyProfile(CHEAP);
  const scaled = untilPool('two replicas', ({ spec }) => spec.replicas === 2);
  const [belowMs, scaledMs] = await Promise.all([
    // For which two workers are enough.
    noteUse((percent) => percent <= (TARGET_PERCENT * 2) / 3, scaled),
    scaled,
  ]);
  const goneMs = await untilWorkersAre(2);
  console.log(
    `below two thirds of the target by metrics.k8s.io; two replicas ${seconds(belowMs, scaledMs)} later, ` +
      `the third worker gone ${seconds(belowMs, goneMs)} later`,
  );
  await expectSmoothChange();
});

async function applyProfile(video: object): Promise<void> {
  const requests = (millicores: number) => ({ requests: { cpu: `${millicores}m` } });
  const pool = {
    autoscaling: {
      maxReplicas: 3,
      cpuPercent: TARGET_PERCENT,
      behavior: { scaleDown: { stabilizationWindowSeconds: 10 } },
    },
    resources: {
      agent: requests(REQUESTED_MILLICORES.agent),
      mediamtx: requests(REQUESTED_MILLICORES.mediamtx),
    },
  };
  site = await stage.applySite(
    'quay',
    CAMERAS.map((name) => ({ name, push: {} })),
    { pool, compression: { profiles: [{ name: 'low', video, audio: { codec: 'None' } }] } },
  );
}

async function expectSmoothChange(): Promise<void> {
  await Promise.all(viewers.map((viewer) => viewer.pictures(50, BUDGETS.picture)));
  const freezes = viewers.map(({ longestFreezeMs }) => `${Math.round(longestFreezeMs)} ms`);
  console.log(`longest freezes ${freezes.join(', ')}`);
  for (const { endedBy, missing, corrupt } of viewers) {
    expect({ endedBy, corrupt }).toEqual({ endedBy: undefined, corrupt: [] });
    expect(missing).toBeLessThanOrEqual(PASSED_OVER);
  }
  for (const viewer of viewers) viewer.begin();
}

/** Resolves with the time. */
async function untilWorkersAre(wanted: number): Promise<number> {
  await untilWorkers(stage.kubectl, stage.namespace, (count) => count === wanted, BUDGETS.scaled);
  return performance.now();
}

/** Resolves with the time. */
async function untilPool(what: string, check: (pool: LivePool) => boolean): Promise<number> {
  await stage.kubectl.until<LivePool, boolean>(
    what,
    poolsPath(stage.namespace),
    ([pool]) => pool !== undefined && check(pool),
    BUDGETS.scaled,
  );
  return performance.now();
}

/**
 * The time when the workers' use of CPU, in percent of what they ask for, was seen to be so. It cannot be watched, and
 * another number of workers changes it: undefined where it was not seen before the pool was scaled.
 */
async function noteUse(
  check: (percent: number) => boolean,
  scaled: Promise<number>,
): Promise<number | undefined> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  void scaled.then(end, end);
  while (!isOver) {
    if (check(await measureUse())) return performance.now();
    await delay(500);
  }
  return undefined;
}

async function measureUse(): Promise<number> {
  type Metrics = { items: { containers: { usage: { cpu: string } }[] }[] };
  const selector = encodeURIComponent('app.kubernetes.io/name=compressor-pool');
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${stage.namespace}/pods?labelSelector=${selector}`;
  const { items } = await stage.kubectl.get<Metrics>(path);
  const nanocores = items
    .flatMap(({ containers }) => containers)
    .reduce((sum, { usage }) => sum + Number(usage.cpu.replace(/n$/, '')), 0);
  const requested = items.length * (REQUESTED_MILLICORES.agent + REQUESTED_MILLICORES.mediamtx);
  return requested === 0 ? 0 : nanocores / 1e6 / requested / 0.01;
}

function seconds(fromMs: number | undefined, toMs: number): string {
  return fromMs === undefined ? 'an unknown time' : `${((toMs - fromMs) / 1_000).toFixed(1)} s`;
}
