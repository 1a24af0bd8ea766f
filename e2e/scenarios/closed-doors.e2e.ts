/** A pod without rights, in another namespace, opens neither the feed nor an agent, a MediaMTX or a stream. */

import { PORTS } from '@cupola/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUDGETS } from '../stage/budgets.ts';
import { OPERATOR_NAMESPACE } from '../stage/installation.ts';
import { INTRUDER_SCRIPT, type Intrusion } from '../stage/intruder.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { Stage } from '../stage/stage.ts';

const IMAGE = 'docker.io/cupola/agent:0.1.0';

type Pod = KubeObject & { status: { podIP: string; conditions?: { type: string; status: string }[] } };

let stage: Stage;
let relay: string;

beforeAll(async () => {
  stage = await Stage.open('e2e-closed-doors');
  const site = await stage.applySite('guarded', [{ name: 'gate', push: {} }]);
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
    stream: `original/${stage.namespace}/guarded/gate`,
    feedHost: `cupola-feed.${OPERATOR_NAMESPACE}.svc`,
  };
  const script = `${INTRUDER_SCRIPT}\nintrude(${JSON.stringify(target)});`;
  const args = ['-n', 'e2e-intruder', 'exec', '-i', 'intruder', '--', 'node', '-'];
  return JSON.parse(await stage.kubectl.run(args, script)) as number | string;
}
