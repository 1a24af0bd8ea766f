/** Where a camera's stream comes from, as its factory's plan says it. */
import type { Source } from '@cupola/protocol';
import type { CredentialRef } from '../api/references.ts';
import type { Camera } from '../api/site.ts';
import { type CredentialSecrets, decodeText, readBasicAuth } from '../topology/basic-auth.ts';
import type { PlacedCamera } from '../topology/factory-layout.ts';
import { cameraCredentialsName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';

export interface SourceResult {
  /** Undefined while there is nothing that could work. */
  source?: Source;
  problem?: Problem;
}

/**
 * The camera's source. Where its Secret is missing or wrong, `last` (the source in the plan in force) goes on
 * as a whole: an edit to something wrong must not take a running stream down, and an old credential must not
 * be sent to a new address.
 */
export function resolveSource(
  { site, camera }: PlacedCamera,
  secrets: CredentialSecrets,
  last: Source | undefined,
): SourceResult {
  const ref = credentialRefOf(camera);
  if (ref !== undefined) {
    const field = `spec.cameras[${camera.name}].${camera.push ? 'push' : 'pull'}.credentialsSecretRef`;
    const read = readBasicAuth(secrets, site.namespace, ref, field);
    if ('problem' in read) return keepLast(last, read.problem);
    return describeSource(camera, read.credential);
  }
  if (camera.pull) return describeSource(camera);
  const generated = secrets.findGenerated(site.namespace, cameraCredentialsName(site.name));
  // Not generated yet, or emptied by hand: reconciling the Site makes it, and wakes the factory.
  const password = decodeText(generated?.data?.[camera.name]);
  return password ? describeSource(camera, { user: camera.name, password }) : keepLast(last);
}

/** Whether the operator makes the camera's credential. */
export function needsGeneratedCredential(camera: Camera): boolean {
  return camera.push !== undefined && camera.push.credentialsSecretRef === undefined;
}

function credentialRefOf(camera: Camera): CredentialRef | undefined {
  return (camera.push ?? camera.pull)?.credentialsSecretRef;
}

function describeSource(camera: Camera, credential?: { user: string; password: string }): SourceResult {
  if (camera.pull) {
    const leg = { id: 'camera', url: camera.pull.url };
    return { source: { from: 'legs', legs: [credential === undefined ? leg : { ...leg, credential }] } };
  }
  return credential === undefined ? {} : { source: { from: 'publish', credentials: [credential] } };
}

function keepLast(last: Source | undefined, problem?: Problem): SourceResult {
  return { ...(last === undefined ? {} : { source: last }), ...(problem === undefined ? {} : { problem }) };
}
