import { mediaPlanSchema } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { buildPool } from '../../test/pool-builders.ts';
import { buildSite } from '../../test/tier-builders.ts';
import { buildSurroundings, pick, pickPlan } from '../../test/tier-surroundings.ts';
import { compressorPoolSpecSchema } from '../api/compressor-pool.ts';
import { EMPTY_RECORD } from '../topology/placement/placement-record.ts';
import type { Placement } from '../topology/placement/pool.ts';
import { readPlan } from '../topology/plan-record.ts';
import { listRenditions } from '../topology/renditions.ts';
import { type PoolPlanning, renderCompressorPool } from './compressor-pool.ts';
import { describeSelector, renderPoolAutoscaler } from './pool-autoscaler.ts';
import { renderSitePool } from './site-pool.ts';
import { listRenditionLegs, type WorkerRendition } from './worker-plan.ts';

const { settings, planWriting } = buildSurroundings();
const credential = { user: 'tier-yard.encoders', password: 'p' };
const originalLegs = [
  { id: 'primary', url: 'rtsp://dock-factory-0-primary.yard.svc:8554/original/yard/dock/gate' },
];

function buildRenditions(placement: Placement): WorkerRendition[] {
  const compression = { profiles: [{ name: 'web', preset: 'Web' }] };
  const site = buildSite({ cameras: [{ name: 'gate', push: {} }], compression });
  return listRenditions(site).flatMap((rendition) =>
    rendition.from === 'encoder' ? [{ rendition, originalLegs, placement }] : [],
  );
}

function render(
  changes: Partial<PoolPlanning> = {},
  findPlan = (_: string) => undefined as ReturnType<typeof readPlan>,
) {
  const planning: PoolPlanning = {
    pool: buildPool(),
    size: { staying: [0, 1], leaving: [], removed: [] },
    renditions: [],
    record: EMPTY_RECORD,
    minimum: 1,
    credential,
    readers: [],
    ...changes,
  };
  return renderCompressorPool(planning, { settings, planWriting, findPlan, placements: undefined }).objects;
}

const WEB = 'compressed/yard/dock/gate/web';

describe("a worker's plan", () => {
  it('has the original by its legs, and the rendition made of it', () => {
    const objects = render({ renditions: buildRenditions({ active: ['encoders-pool-0'], leaving: [] }) });
    const plan = mediaPlanSchema.parse(pickPlan(objects, 'encoders-pool-0'));
    expect(plan.paths).toMatchObject([
      { path: WEB, source: { from: 'transcode', input: 'original/yard/dock/gate', memoryMiB: 1024 } },
      {
        path: 'original/yard/dock/gate',
        source: { from: 'legs', legs: originalLegs, forEncodersOnly: true },
      },
    ]);
    expect(mediaPlanSchema.parse(pickPlan(objects, 'encoders-pool-1')).paths).toEqual([]);
  });

  it('lets in those alone who take something from it', () => {
    const readers = ['dock', 'quay'].map((site) => ({ credential, paths: [`compressed/yard/${site}/`] }));
    const placement = { active: ['encoders-pool-0'], leaving: [] };
    const objects = render({ renditions: buildRenditions(placement), readers });
    expect(pickPlan(objects, 'encoders-pool-0').readers).toEqual([readers[0]]);
    expect(pickPlan(objects, 'encoders-pool-1').readers).toEqual([]);
  });

  it('has on a standby the same, and where the rendition is watched', () => {
    const placement = { active: ['encoders-pool-0'], standby: 'encoders-pool-1', leaving: [] };
    const objects = render({ renditions: buildRenditions(placement) });
    const [rendition] = pickPlan(objects, 'encoders-pool-1').paths;
    expect(rendition.source.standbyFor).toEqual({
      id: 'encoders-pool-0',
      url: `rtsp://encoders-pool-0.yard.svc:8554/${WEB}`,
      workload: 'yard/encoders-pool-0',
      credential,
    });
    expect(pickPlan(objects, 'encoders-pool-0').paths[0].source.standbyFor).toBeUndefined();
  });

  it('has on a worker that leaves what it still encodes, and the standby watches that', () => {
    const placement = {
      active: ['encoders-pool-1'],
      standby: 'encoders-pool-2',
      leaving: ['encoders-pool-0'],
    };
    const size = { staying: [1, 2], leaving: [0], removed: [3] };
    const objects = render({ renditions: buildRenditions(placement), size });
    expect(pickPlan(objects, 'encoders-pool-0').paths).toHaveLength(2);
    expect(pickPlan(objects, 'encoders-pool-2').paths[0].source.standbyFor.id).toBe('encoders-pool-0');
    const deployments = objects
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata }) => metadata.name);
    expect(deployments).toEqual(['encoders-pool-0', 'encoders-pool-1', 'encoders-pool-2']);
  });

  it('stays byte for byte while nothing of it changes', () => {
    const renditions = buildRenditions({ active: ['encoders-pool-0'], leaving: [] });
    const first = render({ renditions });
    const plan = readPlan(JSON.stringify(pickPlan(first, 'encoders-pool-0')));
    const second = render({ renditions }, (name) => (name === 'encoders-pool-0' ? plan : undefined));
    expect(second).toEqual(first);
  });

  it('is played by factories in the order of the placement, the standby last', () => {
    const placement = { active: ['a'], leaving: ['c'], standby: 'b' };
    const legs = listRenditionLegs('yard', WEB, placement, credential);
    expect(legs.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });
});

describe("a pool's objects", () => {
  it('are a Deployment of one replica, a Service and a plan for each worker, and one budget', () => {
    const objects = render();
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount encoders-pool',
      'PodDisruptionBudget encoders-pool',
      'Secret encoders-pool-0-plan',
      'Service encoders-pool-0',
      'Deployment encoders-pool-0',
      'Secret encoders-pool-1-plan',
      'Service encoders-pool-1',
      'Deployment encoders-pool-1',
      'Secret encoders-pool-placement',
      'HorizontalPodAutoscaler encoders-pool',
    ]);
    const { spec } = pick(objects, 'Deployment', 'encoders-pool-1');
    expect([spec.replicas, spec.template.metadata.labels['cupola.dev/workload']]).toEqual([
      1,
      'encoders-pool-1',
    ]);
    expect(pick(objects, 'Service', 'encoders-pool-1').spec.selector).toEqual({
      'cupola.dev/workload': 'encoders-pool-1',
    });
  });

  it('have pods that the selector of the scale finds, and no others', () => {
    const labels = pick(render(), 'Deployment', 'encoders-pool-0').spec.template.metadata.labels;
    const wanted = describeSelector(buildPool())
      .split(',')
      .map((pair) => pair.split('='));
    for (const [key, value] of wanted) expect(labels[key ?? '']).toBe(value);
  });

  it('do not change when renditions come and go', () => {
    const rest = (objects: ReturnType<typeof render>) => objects.filter(({ kind }) => kind !== 'Secret');
    const renditions = buildRenditions({ active: ['encoders-pool-0'], leaving: [] });
    expect(rest(render({ renditions }))).toEqual(rest(render()));
  });

  it('ask for what encoding takes, and for a GPU where they have one', () => {
    const agentOf = (spec: object) =>
      pick(render({ pool: buildPool(spec) }), 'Deployment', 'encoders-pool-0').spec.template.spec
        .containers[1];
    expect(agentOf({}).resources).toEqual({ requests: { cpu: '1', memory: '1Gi' } });
    const limits = { cpu: '4', memory: '2Gi' };
    expect(agentOf({ resources: { agent: { limits } } }).resources).toEqual({ requests: {}, limits });
    expect(agentOf({ hardware: { encoder: 'NVENC' } }).resources.limits).toEqual({ 'nvidia.com/gpu': '1' });
  });
});

describe("a pool's autoscaler", () => {
  const specOf = (spec: object, minimum = 1) =>
    renderPoolAutoscaler(buildPool({ autoscaling: spec }), minimum)?.spec as
      | { minReplicas: number }
      | undefined;

  it('scales the pool itself by CPU and memory, as fast as it is told', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    expect(specOf({ behavior }, 3)).toEqual({
      scaleTargetRef: { apiVersion: 'cupola.dev/v1alpha1', kind: 'CompressorPool', name: 'encoders' },
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
        {
          type: 'Resource',
          resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
      behavior,
    });
  });

  it('is not there where a person writes replicas', () => {
    expect(specOf({ mode: 'Manual' })).toBeUndefined();
  });
});

describe('the pool of a Site', () => {
  it('has its name, what the Site says of it, and no replicas that would fight with the autoscaler', () => {
    const pool = renderSitePool(buildSite({ pool: { renditionsPerWorker: 3 } }));
    expect(pool.metadata.name).toBe('dock');
    expect(pool.spec).toMatchObject({ renditionsPerWorker: 3, autoscaling: { mode: 'Automatic' } });
    expect(pool.spec).not.toHaveProperty('replicas');
    expect(compressorPoolSpecSchema.safeParse(pool.spec).success).toBe(true);
  });
});
