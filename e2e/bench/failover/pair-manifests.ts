/**
 * What people run today: two MediaMTX a tier, each pair behind a readiness-probed Service (no session affinity), and
 * where there is an HAProxy, that in front of both pairs. The relays pull from the factories. Probes are those of
 * Cupola's media pods. Pods of a side stay on its node.
 */
import { SIDES, type Side } from '../../../operator/src/api/labels.ts';
import { edgeTaint } from '../../cluster/cluster-plan.ts';
import { haproxyImage } from '../../cluster/image-recipes.ts';
import { HAPROXY_PORTS, type HaproxyChecks, haproxyConfig } from './haproxy-config.ts';
import type { Push } from './pushes.ts';
import { TIERS, type Tier } from './sample.ts';

export const PAIR_PORTS = { rtsp: 8554, rtmp: 1935, srt: 8890, api: 9997 } as const;
const IMAGE = 'docker.io/bluenviron/mediamtx:1.20.1';

/** The stream's path, on both tiers. */
export function pathOf(push: Push): string {
  return `cameras/${push}`;
}

/** Not root: each MediaMTX takes an inotify instance, of which a user has 128 on the whole machine. */
const USER_ID = 65_533;

export interface PairPlan {
  readonly namespace: string;
  readonly pushes: readonly Push[];
  /** The node of each side of each tier. */
  readonly homes: Readonly<Record<Tier, Readonly<Record<Side, string>>>>;
  /** Where the factories pull the pulled camera, with its login. */
  readonly pulledUrl: string;
  /** Undefined: no HAProxy. */
  readonly checks?: HaproxyChecks;
  readonly edgeNode: string;
}

export function listPairManifests(plan: PairPlan): object[] {
  const { namespace, checks } = plan;
  const objects = TIERS.flatMap((tier) => [
    configMap(tier, { 'mediamtx.yml': tier === 'factory' ? factoryConfig(plan) : relayConfig(plan) }),
    ...SIDES.flatMap((side) => [
      deployment(tier, side, plan.homes[tier][side]),
      service(`${tier}-${side}`, { tier, side }),
    ]),
    service(tier, { tier }),
  ]);
  if (checks !== undefined) objects.push(...haproxyManifests(checks, plan.edgeNode));
  return objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
}

type Manifest = { metadata: { name: string } } & Record<string, unknown>;

function factoryConfig({ pushes, pulledUrl }: PairPlan): string {
  const pulled = pushes.includes('pull')
    ? [`  ${pathOf('pull')}: {source: '${pulledUrl}', rtspTransport: tcp}`]
    : [];
  return [...serverSettings(), 'paths:', ...pulled, '  all_others: {}', ''].join('\n');
}

function relayConfig({ pushes, checks }: PairPlan): string {
  const factory = checks === undefined ? 'factory' : 'haproxy';
  const paths = pushes.map(
    (push) =>
      `  ${pathOf(push)}: {source: 'rtsp://${factory}:${PAIR_PORTS.rtsp}/${pathOf(push)}', rtspTransport: tcp}`,
  );
  return [...serverSettings(), 'paths:', ...paths, ''].join('\n');
}

/** As MediaMTX comes, but for logins, which cost the same everywhere, and servers that nobody uses here. */
function serverSettings(): string[] {
  return [
    'rtspTransports: [tcp]',
    ...['hls', 'webrtc', 'moq'].map((server) => `${server}: no`),
    'api: yes',
    'authInternalUsers: [{user: any, permissions: [{action: publish}, {action: read}, {action: api}]}]',
  ];
}

function configMap(name: string, data: Record<string, string>): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

function deployment(tier: Tier, side: Side, node: string): Manifest {
  const labels = { tier, side };
  const isListening = { tcpSocket: { port: PAIR_PORTS.rtsp } };
  const container = {
    name: 'mediamtx',
    image: IMAGE,
    args: ['/etc/mediamtx/mediamtx.yml'],
    startupProbe: { ...isListening, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: { ...isListening, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...isListening, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    // By subPath: a refreshed mount would make MediaMTX read its file again and drop every stream.
    volumeMounts: [{ name: 'config', mountPath: '/etc/mediamtx/mediamtx.yml', subPath: 'mediamtx.yml' }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${tier}-${side}` },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': node },
          terminationGracePeriodSeconds: 10,
          securityContext: { runAsUser: USER_ID },
          containers: [container],
          volumes: [{ name: 'config', configMap: { name: tier } }],
        },
      },
    },
  };
}

function service(name: string, selector: Record<string, string>): Manifest {
  const { rtsp, rtmp, srt } = PAIR_PORTS;
  const ports = [
    { name: 'rtsp', port: rtsp },
    { name: 'rtmp', port: rtmp },
    { name: 'srt', port: srt, protocol: 'UDP' },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { type: 'NodePort', selector, ports },
  };
}

function haproxyManifests(checks: HaproxyChecks, edgeNode: string): Manifest[] {
  const labels = { app: 'haproxy' };
  const ports = Object.entries(HAPROXY_PORTS).map(([name, port]) => ({ name, port }));
  const container = {
    name: 'haproxy',
    image: haproxyImage.reference,
    readinessProbe: { tcpSocket: { port: HAPROXY_PORTS.rtsp }, periodSeconds: 2 },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/haproxy/haproxy.cfg', subPath: 'haproxy.cfg' },
      { name: 'run', mountPath: '/run/haproxy' },
    ],
  };
  const spec = {
    nodeSelector: { 'kubernetes.io/hostname': edgeNode },
    tolerations: [{ key: edgeTaint, operator: 'Exists' }],
    containers: [container],
    volumes: [
      { name: 'config', configMap: { name: 'haproxy' } },
      { name: 'run', emptyDir: {} },
    ],
  };
  return [
    configMap('haproxy', { 'haproxy.cfg': haproxyConfig(checks) }),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'haproxy' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'haproxy' },
      spec: { type: 'NodePort', selector: labels, ports },
    },
  ];
}
