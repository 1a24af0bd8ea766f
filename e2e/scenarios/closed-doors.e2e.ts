/** A pod without rights, in another namespace, opens neither the feed nor an agent, a MediaMTX or a stream. */

import { PORTS } from '@cupola/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DoorProtocol, mayPublish, mayRead } from '../peers/door.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { OPERATOR_NAMESPACE } from '../stage/installation.ts';
import { INTRUDER_SCRIPT, type Intrusion } from '../stage/intruder.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { findCamera, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

const IMAGE = 'docker.io/cupola/agent:0.1.0';

type Pod = KubeObject & { status: { podIP: string; conditions?: { type: string; status: string }[] } };

let stage: Stage;
let site: LiveSite;
let relay: string;

beforeAll(async () => {
  stage = await Stage.open('e2e-closed-doors');
  const names = ['gate', 'srt', 'rtmp'];
  site = await stage.applySite(
    'guarded',
    names.map((name) => ({ name, push: {} })),
  );
  const camera = await stage.startPushing(site, 'gate');
  await camera.accepted(BUDGETS.accepted);
  await stage.read(site, 'gate');
  const selector = encodeURIComponent('cupola.dev/workload=relay-relay-0-primary');
  const pods = await stage.kubectl.get<{ items: Pod[] }>(
    `/api/v1/namespaces/${stage.namespace}/pods?labelSelector=${selector}`,
  );
  relay = pods.items[0]!.status.podIP;
  await startIntruder();
});

afterAll(async () => {
  await stage?.kubectl.run(['delete', 'namespace', 'e2e-intruder', '--wait=false', '--ignore-not-found']);
  await stage?.close();
});

test.each([
  ['the feed without a token', { feed: 'none' }, 401],
  ['the feed with its own account token', { feed: 'own' }, 401],
  ['a stream by RTSP', { rtsp: PORTS.rtsp }, 401],
  ['a stream by HLS', { http: PORTS.hls, path: '/index.m3u8' }, 401],
  ['a stream by WebRTC', { http: PORTS.webrtc, path: '/whep', method: 'POST' }, 401],
  ["MediaMTX's API", { http: PORTS.mediamtxApi, path: '/v3/paths/list' }, 'ECONNREFUSED'],
  ["the agent's word on logins", { http: PORTS.mediamtxAuth, path: '/' }, 'ECONNREFUSED'],
] as const)('%s', async (_, intrusion: Intrusion, answer) => {
  expect(await intrude(intrusion)).toBe(answer);
});

const DOORS = (['srt', 'rtmp'] as const).flatMap((protocol) =>
  (['read', 'publish'] as const).flatMap((action) => [
    { protocol, action, shown: 'no login' },
    { protocol, action, shown: 'a wrong password' },
  ]),
);

test.concurrent.each(DOORS)('$action by $protocol with $shown', async ({ protocol, action, shown }) => {
  const attempt = { protocol, ...doorOf(protocol, action), path: pathOf('gate') };
  const user = action === 'read' ? (await stage.viewerLogin()).user : 'gate';
  const login = shown === 'no login' ? {} : { login: { user, password: 'a-guess' } };
  const may = action === 'read' ? mayRead : mayPublish;
  expect(await may({ ...attempt, ...login }, stage.outside.netns)).toBe(false);
});

test('the same door opens to the right login', async () => {
  const attempt = { protocol: 'srt', ...doorOf('srt', 'read'), path: pathOf('gate') } as const;
  const login = await stage.viewerLogin();
  // FFmpeg gives an SRT server 3 s to answer, which a busy machine may take: then it knocks again.
  await expect
    .poll(() => mayRead({ ...attempt, login }, stage.outside.netns), { timeout: BUDGETS.accepted })
    .toBe(true);
  for (const protocol of ['srt', 'rtmp'] as const) {
    const camera = await stage.startPushing(site, protocol, { protocol });
    await camera.accepted(BUDGETS.accepted);
  }
});

/** Where outsiders find it: viewers the relay, by SRT, anybody else the factory. */
function doorOf(protocol: DoorProtocol, action: 'read' | 'publish'): { authority: string } {
  const camera = findCamera(site, 'gate');
  const isRelay = protocol === 'srt' && action === 'read';
  const url = isRelay ? camera?.urls?.srt : Object.values(camera?.publish ?? {})[0]?.[protocol];
  return { authority: new URL(url ?? '').host };
}

function pathOf(camera: string): string {
  return `original/${stage.namespace}/guarded/${camera}`;
}

async function startIntruder(): Promise<void> {
  await stage.kubectl.run(
    ['delete', 'namespace', 'e2e-intruder', '--ignore-not-found'],
    undefined,
    BUDGETS.gone,
  );
  await stage.kubectl.run(['create', 'namespace', 'e2e-intruder']);
  const container = { name: 'shell', image: IMAGE, command: ['node', '-e', 'setInterval(() => {}, 1e9)'] };
  const metadata = { name: 'intruder', namespace: 'e2e-intruder' };
  const spec = { terminationGracePeriodSeconds: 0, containers: [container] };
  await stage.kubectl.apply([{ apiVersion: 'v1', kind: 'Pod', metadata, spec }]);
  await stage.kubectl.until<Pod, boolean>(
    'the intruder is there',
    '/api/v1/namespaces/e2e-intruder/pods',
    ([pod]) => pod?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    BUDGETS.ready,
  );
}

/** Runs the script in the intruder's pod; resolves with the status code or the error that it met. */
async function intrude(intrusion: Intrusion): Promise<number | string> {
  const target = {
    ...intrusion,
    pod: relay,
    stream: pathOf('gate'),
    feedHost: `cupola-feed.${OPERATOR_NAMESPACE}.svc`,
  };
  const script = `${INTRUDER_SCRIPT}\nintrude(${JSON.stringify(target)});`;
  const args = ['-n', 'e2e-intruder', 'exec', '-i', 'intruder', '--', 'node', '-'];
  return JSON.parse(await stage.kubectl.run(args, script)) as number | string;
}
