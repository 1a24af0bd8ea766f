import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ApiServer } from '../../test/api-server.ts';
import { WRONG_MANIFESTS, type WrongManifest } from '../../test/wrong-manifests.ts';
import { ApiError } from '../kube/api-error.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import { RESOURCES, resourceOf, resourcePath } from '../kube/resource.ts';
import { cameraFactorySpecSchema } from './camera-factory.ts';
import { compressorPoolSpecSchema } from './compressor-pool.ts';
import { KINDS } from './kinds.ts';
import { API_VERSION } from './labels.ts';
import { masterRelaySpecSchema } from './master-relay.ts';
import { siteSpecSchema } from './site.ts';

const EXAMPLES = join(import.meta.dirname, '../../../manifests/examples');
const files = (await readdir(EXAMPLES)).toSorted();

type Manifest = KubeObject & { spec?: unknown };

describe('the API server', () => {
  let server: ApiServer;
  let client: KubeClient;
  let count = 0;

  beforeAll(async () => {
    server = await ApiServer.start();
    client = server.client();
  });
  afterAll(() => server.close());

  /** As kubectl does it: fields that do not exist are refused. */
  async function send(method: 'POST' | 'PUT', manifest: Manifest): Promise<Manifest> {
    const { name } = manifest.metadata;
    const path = resourcePath(resourceOf(manifest), 'default', method === 'PUT' ? name : undefined);
    const query = { fieldValidation: 'Strict' };
    return (await client.request(method, path, { query, body: manifest })) as Manifest;
  }

  function write(kind: string, spec: unknown, name = `test-${count++}`): Manifest {
    return { apiVersion: API_VERSION, kind, metadata: { name, namespace: 'default' }, spec } as Manifest;
  }

  async function readRefusal({ kind, name, before, spec }: WrongManifest): Promise<string> {
    try {
      if (before === undefined) {
        await send('POST', write(kind, spec, name));
      } else {
        const stored = await send('POST', write(kind, before, name));
        await send('PUT', { ...stored, spec });
      }
    } catch (error) {
      if (error instanceof ApiError && error.isInvalid) return error.message;
      throw error;
    }
    return '(accepted)';
  }

  it.each(WRONG_MANIFESTS.map((manifest) => [manifest.what, manifest] as const))(
    'refuses %s',
    async (_what, manifest) => {
      const refusal = await readRefusal(manifest);
      for (const answer of manifest.answers) expect(refusal).toContain(answer);
    },
  );

  it.each(files)('takes the example %s', async (file) => {
    for (const document of parseAllDocuments(await readFile(join(EXAMPLES, file), 'utf8'))) {
      const manifest = document.toJS() as Manifest;
      const { namespace = 'default', name } = manifest.metadata;
      const path = resourcePath(resourceOf(manifest), namespace, name);
      await client.request('PATCH', path, {
        query: { fieldManager: 'a-person', fieldValidation: 'Strict' },
        contentType: 'application/apply-patch+yaml',
        body: manifest,
      });
    }
  });

  it.each([
    ['CameraFactory', {}, cameraFactorySpecSchema],
    ['CameraFactory', undefined, cameraFactorySpecSchema],
    ['CompressorPool', {}, compressorPoolSpecSchema],
    ['CompressorPool', { autoscaling: { maxReplicas: 4 } }, compressorPoolSpecSchema],
    ['MasterRelay', {}, masterRelaySpecSchema],
    ['MasterRelay', { viewers: {}, allowedSites: { namespaces: {} } }, masterRelaySpecSchema],
    ['Site', { cameras: [] }, siteSpecSchema],
    ['Site', { cameras: [{ name: 'gate', push: {} }], factory: { exposure: {} } }, siteSpecSchema],
    [
      'Site',
      { cameras: [], compression: { profiles: [{ name: 'web', video: {} }] }, pool: {} },
      siteSpecSchema,
    ],
  ])('fills the defaults of a %s with %o as the operator would', async (kind, spec, schema) => {
    const stored = await send('POST', write(kind, spec));
    expect(stored.spec).toEqual(schema.parse(spec ?? {}));
  });

  it('takes the largest Site: 256 cameras with the longest URLs', async () => {
    const pull = { url: `rtsp://192.0.2.1:554/${'a'.repeat(1003)}` };
    const cameras = Array.from({ length: 256 }, (_, index) => ({ name: `camera-${index}`, pull }));
    const stored = await send('POST', write('Site', { cameras }));
    expect((stored.spec as { cameras: unknown[] }).cameras).toHaveLength(256);
  });

  it('takes a Site of 256 cameras with as many profiles as there may be', async () => {
    const profiles = Array.from({ length: 8 }, (_, index) => ({ name: `profile-${index}`, video: {} }));
    const cameras = Array.from({ length: 256 }, (_, index) => {
      return { name: `camera-${index}`, push: {}, compression: { profiles } };
    });
    await send('POST', write('Site', { cameras, compression: { profiles } }));
  });

  it('has the scale of a pool where an autoscaler looks for it', async () => {
    const { metadata } = await send('POST', write('CompressorPool', {}));
    const path = `${resourcePath(RESOURCES.CompressorPool, 'default', metadata.name)}/scale`;
    const scale = (await client.request('GET', path)) as Manifest;
    expect(scale.spec).toEqual({ replicas: 2 });
    await client.request('PUT', path, { body: { ...scale, spec: { replicas: 5 } } });
    const pool = (await client.request('GET', path.replace('/scale', ''))) as Manifest;
    expect(pool.spec).toMatchObject({ replicas: 5 });
  });

  it('takes a relay of 200 remote sites with 50 cameras each', async () => {
    const cameras = Array.from({ length: 50 }, (_, index) => `camera-${index}`);
    const remoteSites = Array.from({ length: 200 }, (_, index) => ({
      prefix: `edge-${index}`,
      namespace: 'plant',
      site: 'furnace',
      cameras,
      urls: ['rtsp://192.0.2.1:30554', 'rtsp://192.0.2.1:30555'],
      credentialsSecretRef: { name: 'viewer' },
    }));
    await send('POST', write('MasterRelay', { remoteSites }));
  });

  it.each([
    'rtsp://camera.example.com',
    'rtsp://192.0.2.1:65535/stream',
    'rtsp://[2001:db8::1]:554/stream',
    'rtsp://192.0.2.1/cam/realmonitor?channel=1&subtype=0',
    'rtsp://192.0.2.1/a%40b',
  ])('takes a camera at %s', async (url) => {
    await send('POST', write('Site', { cameras: [{ name: 'gate', pull: { url } }] }));
  });

  it("takes a Site's way back and forth between push, pull and relays: its factory alone is fixed", async () => {
    const stored = await send('POST', write('Site', { cameras: [{ name: 'gate', push: {} }] }));
    const cameras = [{ name: 'gate', pull: { url: 'rtsp://192.0.2.1/a' } }];
    const pulled = await send('PUT', { ...stored, spec: { cameras, relayRef: { name: 'main' } } });
    await send('PUT', { ...pulled, spec: { cameras, relayRef: { name: 'other', namespace: 'video' } } });
  });

  it('lists every kind in the category, with columns', async () => {
    const { resources } = (await client.request('GET', `/apis/${API_VERSION}`)) as {
      resources: { name: string; shortNames?: string[]; categories?: string[] }[];
    };
    for (const { plural, shortName } of KINDS) {
      const resource = resources.find(({ name }) => name === plural);
      expect(resource).toMatchObject({ shortNames: [shortName], categories: ['cupola'] });
    }
    expect(Object.keys(RESOURCES)).toEqual(expect.arrayContaining(KINDS.map(({ kind }) => kind)));
  });
});
