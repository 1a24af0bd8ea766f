import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from '../../test/api-server.ts';
import { buildPool } from '../../test/pool-builders.ts';
import { buildSite } from '../../test/tier-builders.ts';
import { buildSurroundings } from '../../test/tier-surroundings.ts';
import { FIELD_MANAGER } from '../api/labels.ts';
import { needsApply, withAppliedHash } from '../diff/needs-apply.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { resourceOf, resourcePath } from '../kube/resource.ts';
import { EMPTY_RECORD } from '../topology/placement/placement-record.ts';
import { renderCompressorPool } from './compressor-pool.ts';
import type { DesiredObject } from './desired-object.ts';
import { renderSitePool } from './site-pool.ts';

describe('a pool on a real API server', () => {
  let server: ApiServer;
  let client: KubeClient;

  beforeAll(async () => {
    server = await ApiServer.start();
    client = server.client();
  });
  afterAll(() => server.close());

  async function apply(object: DesiredObject): Promise<KubeObject> {
    const path = resourcePath(resourceOf(object), 'default', object.metadata.name);
    return (await client.request('PATCH', path, {
      query: { fieldManager: FIELD_MANAGER, force: 'true', fieldValidation: 'Strict' },
      contentType: 'application/apply-patch+yaml',
      body: withAppliedHash(object),
    })) as KubeObject;
  }

  function renderAll(spec: object): DesiredObject[] {
    const { settings, planWriting } = buildSurroundings();
    const planning = {
      pool: { ...buildPool(spec), namespace: 'default' },
      size: { staying: [0, 1], leaving: [], removed: [] },
      renditions: [],
      record: EMPTY_RECORD,
      minimum: 3,
      credential: undefined,
      readers: [],
    };
    const around = { settings, planWriting, findPlan: () => undefined, placements: undefined };
    const pool = renderSitePool(buildSite({ pool: spec }, { namespace: 'default' }));
    return [...renderCompressorPool(planning, around).objects, pool];
  }

  it('is taken as it is rendered, and never needs to be written again', async () => {
    const policies = [{ type: 'Pods', value: 2, periodSeconds: 15 }];
    const objects = renderAll({
      autoscaling: {
        behavior: { scaleUp: { policies }, scaleDown: { stabilizationWindowSeconds: 60 } },
      },
      hardware: { encoder: 'NVENC' },
      resources: { agent: { requests: { cpu: '0.5' }, limits: { memory: '2048Mi' } } },
    });
    for (const object of objects) {
      const live = await apply(object);
      expect(needsApply(object, live), `${object.kind} ${object.metadata.name}`).toBe(false);
    }
  });
});
