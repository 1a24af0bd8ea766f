/** The demo's manifests on the cluster. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BUDGETS } from '../stage/budgets.ts';
import type { Kubectl, KubeObject } from '../stage/kubectl.ts';
import { basicAuthManifest } from '../stage/manifests.ts';
import { PULLED_SECRET, RELAY } from './demo-cameras.ts';

const FILES = ['video.yaml', 'harbour.yaml', 'museum.yaml', 'station.yaml'];

/** Applies all manifests; `host` is where outsiders enter, `outside` the cameras' own address. */
export async function applyManifests(kubectl: Kubectl, host: string, outside: string): Promise<void> {
  for (const file of FILES) {
    const text = await readFile(path.join(import.meta.dirname, file), 'utf8');
    await kubectl.apply(text.replaceAll('HOST_ADDRESS', host).replaceAll('OUTSIDE_ADDRESS', outside));
  }
  const { namespace, name } = PULLED_SECRET;
  const secrets = await kubectl.get<{ items: KubeObject[] }>(`/api/v1/namespaces/${namespace}/secrets`);
  if (secrets.items.some(({ metadata }) => metadata.name === name)) return;
  await kubectl.apply([basicAuthManifest(namespace, name, 'factory', randomBytes(18).toString('base64url'))]);
}

/** The Secret of the relay's generated viewer. */
export async function findViewersSecret(kubectl: Kubectl): Promise<string> {
  const relays = `/apis/cupola.dev/v1alpha1/namespaces/${RELAY.namespace}/masterrelays`;
  type Relay = KubeObject & { status?: { viewersSecret?: string } };
  return kubectl.until<Relay, string>(
    "the relay's viewer",
    relays,
    ([relay]) => relay?.status?.viewersSecret,
    BUDGETS.addresses,
  );
}
