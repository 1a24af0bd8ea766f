import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ApiServer } from '../../operator/test/api-server.ts';

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
}

const README = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
const manifests = [...README.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, text = '']) =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest),
);

let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start();
  for (const name of new Set(manifests.map(({ metadata }) => metadata.namespace))) {
    await server.client().request('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
  }
});
afterAll(() => server.close());

test('the README shows manifests', () => {
  expect(manifests.length).toBeGreaterThan(3);
});

test.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
  'the API server takes the %s of the README',
  async (_, manifest) => {
    const { kind, metadata, apiVersion } = manifest;
    const plural = kind === 'CameraFactory' ? 'camerafactories' : `${kind.toLowerCase()}s`;
    const answer = await server
      .client()
      .request('PATCH', `/apis/${apiVersion}/namespaces/${metadata.namespace}/${plural}/${metadata.name}`, {
        query: { fieldManager: 'reader', force: 'true', fieldValidation: 'Strict' },
        contentType: 'application/apply-patch+yaml',
        body: manifest,
      });
    expect(answer).toMatchObject({ kind, metadata });
  },
);
