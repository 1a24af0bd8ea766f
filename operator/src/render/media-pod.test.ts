import { describe, expect, it } from 'vitest';
import { buildFactory, buildRelay, buildShard } from '../../test/tier-builders.ts';
import { buildSurroundings, pick } from '../../test/tier-surroundings.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import { describeTier } from './media-tier.ts';
import { renderShardObjects } from './shard-objects.ts';

const { settings } = buildSurroundings();

function render(spec: object = {}, observed: ObservedShard = buildShard()) {
  return renderShardObjects(describeTier('MasterRelay', buildRelay(spec)), 0, observed, settings);
}

function podOf(spec: object = {}, observed?: ObservedShard) {
  return pick(render(spec, observed), 'Deployment', 'main-relay-0-primary').spec.template.spec;
}

describe('a media pod', () => {
  it('satisfies the restricted Pod Security Standard, with read-only roots', () => {
    const pod = podOf();
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of [...pod.initContainers, ...pod.containers]) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    const allowed = ['emptyDir', 'secret', 'projected'];
    for (const { name, ...source } of pod.volumes) expect(allowed, name).toContain(Object.keys(source)[0]);
    expect(JSON.stringify(pod)).not.toMatch(/hostPort|hostNetwork|hostPath|privileged"/);
  });

  it('has no API token, and shows the feed one that is good for nothing else', () => {
    const pod = podOf();
    expect(pod.automountServiceAccountToken).toBe(false);
    const { projected } = pod.volumes.find(({ name }: { name: string }) => name === 'token');
    expect(projected.sources).toEqual([
      { serviceAccountToken: { audience: 'cupola.dev', expirationSeconds: 3600, path: 'token' } },
    ]);
  });

  it('mounts the plan into the agent alone', () => {
    const mounts = [...podOf().initContainers, ...podOf().containers].map(({ name, volumeMounts }) => [
      name,
      volumeMounts.map((mount: { name: string }) => mount.name),
    ]);
    expect(Object.fromEntries(mounts)).toEqual({
      configure: ['mediamtx'],
      mediamtx: ['mediamtx'],
      agent: ['agent', 'plan', 'token'],
    });
  });

  it('keeps away from the other side, and not from the pod that it follows', () => {
    const preferred = podOf().affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    for (const { podAffinityTerm } of preferred) {
      expect(podAffinityTerm.labelSelector).toEqual({
        matchLabels: expect.objectContaining({
          'app.kubernetes.io/instance': 'main',
          'cupola.dev/shard': '0',
        }),
        matchExpressions: [
          { key: 'cupola.dev/workload', operator: 'NotIn', values: ['main-relay-0-primary'] },
        ],
      });
    }
  });

  it('lets both containers wait for the drain before they end, and a condemned one not', () => {
    const pod = podOf({ drainSeconds: 120 });
    expect(pod.terminationGracePeriodSeconds).toBe(140);
    for (const { name, lifecycle, livenessProbe, startupProbe } of pod.containers) {
      expect(lifecycle, name).toEqual({ preStop: { httpGet: { path: '/prestop', port: 9090 } } });
      expect(livenessProbe.terminationGracePeriodSeconds, name).toBe(1);
      expect(startupProbe.terminationGracePeriodSeconds, name).toBe(1);
    }
  });

  it('lets nobody who is short of CPU be condemned within a minute, and leaves a hung MediaMTX to the agent', () => {
    const [mediamtx, agent] = podOf().containers;
    const patienceSeconds = ({ livenessProbe: { periodSeconds, failureThreshold } }: typeof agent) =>
      periodSeconds * failureThreshold;
    expect(agent.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 9090 });
    expect(patienceSeconds(agent)).toBe(60);
    expect(mediamtx.livenessProbe.httpGet).toEqual({ path: '/mediamtx/healthz', port: 9090 });
    expect(patienceSeconds(mediamtx)).toBeGreaterThan(300);
  });

  it('is made anew for another drain time, and for another hold time is not', () => {
    expect(podOf({ holdSeconds: 5 })).toEqual(podOf());
    expect(podOf({ drainSeconds: 5 })).not.toEqual(podOf());
  });

  it('asks for what it is given, with defaults for what it is not', () => {
    const resources = { agent: { limits: { memory: '64Mi' } }, mediamtx: { requests: { cpu: '2' } } };
    const [mediamtx, agent] = podOf({ resources }).containers;
    expect(agent.resources).toEqual({ requests: { cpu: '50m' }, limits: { memory: '64Mi' } });
    expect(mediamtx.resources).toEqual({ requests: { cpu: '2', memory: '96Mi' } });
  });
});

describe('exposure by node ports with WebRTC', () => {
  const spec = { exposure: { type: 'NodePort', host: '192.0.2.1' } };
  const given = (nodePort: number) => ({ service: { nodePorts: { 'webrtc-media': nodePort } } });

  it('makes no pod before the API server has given the port', () => {
    const kinds = render(spec).map(({ kind }) => kind);
    expect(kinds).toEqual(['Service', 'Service', 'Service', 'PodDisruptionBudget']);
  });

  it('has one number for the port of the node, of the Service and of the pod', () => {
    const objects = render(spec, buildShard({ primary: given(30123), backup: given(30124) }));
    const { ports } = pick(objects, 'Service', 'main-relay-0-primary').spec;
    expect(ports.at(-1)).toEqual({
      name: 'webrtc-media',
      port: 30123,
      targetPort: 30123,
      protocol: 'UDP',
      nodePort: 30123,
    });
    const { env } = pick(objects, 'Deployment', 'main-relay-0-backup').spec.template.spec.initContainers[0];
    expect(env).toContainEqual({ name: 'CUPOLA_WEBRTC_MEDIA_PORT', value: '30124' });
  });

  it('leaves running pods on their port until then', () => {
    const deployment = { mediaPort: 8189, isReady: true, isRollingOut: false };
    const pod = podOf(spec, buildShard({ primary: { deployment }, backup: { deployment } }));
    expect(pod.initContainers[0].env).toContainEqual({ name: 'CUPOLA_WEBRTC_MEDIA_PORT', value: '8189' });
  });

  it('is not waited for by a tier without WebRTC', () => {
    const tier = describeTier('CameraFactory', buildFactory(spec));
    const objects = renderShardObjects(tier, 0, buildShard(), settings);
    expect(objects.filter(({ kind }) => kind === 'Deployment')).toHaveLength(2);
  });
});

describe('the active Service', () => {
  it('points where it points, as long as it has not changed meanwhile', () => {
    const objects = render({}, buildShard({}, { activeSide: 'backup', serviceVersion: '42' }));
    const { metadata, spec } = pick(objects, 'Service', 'main-relay-0');
    expect(spec.selector['cupola.dev/side']).toBe('backup');
    expect(metadata.resourceVersion).toBe('42');
  });

  it('starts with the primary side, and hides pods that are not ready, other than the sides do', () => {
    const objects = render();
    const active = pick(objects, 'Service', 'main-relay-0').spec;
    expect(active.selector['cupola.dev/side']).toBe('primary');
    expect(active.publishNotReadyAddresses).toBeUndefined();
    expect(pick(objects, 'Service', 'main-relay-0-backup').spec.publishNotReadyAddresses).toBe(true);
  });
});
