/** Where a camera's streams come from, as its factory's plan says it. */
import type { Source } from '@cupola/protocol';
import type { CredentialRef } from '../api/references.ts';
import type { Camera } from '../api/site.ts';
import { type CredentialSecrets, decodeText, readBasicAuth } from '../topology/basic-auth.ts';
import type { PlacedCamera } from '../topology/factory-layout.ts';
import { cameraCredentialsName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';
import type { CameraStream } from '../topology/renditions.ts';
import type { Site } from '../topology/tiers.ts';

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
  return resolveStream(
    { site, camera, stream: camera, field: `spec.cameras[${camera.name}]` },
    secrets,
    last,
  );
}

/** As `resolveSource`, of another stream of the camera's own that serves as the rendition `name`. */
export function resolveOwnStream(
  { site, camera }: Pick<PlacedCamera, 'site' | 'camera'>,
  name: string,
  own: CameraStream,
  secrets: CredentialSecrets,
  last: Source | undefined,
): SourceResult {
  const field = `spec.cameras[${camera.name}].compression.profiles[${name}].cameraStream`;
  // A camera has one user, unless it is said otherwise.
  const ref = own.push?.credentialsSecretRef ?? camera.push?.credentialsSecretRef;
  const stream: Stream = own.push && ref ? { push: { credentialsSecretRef: ref } } : own;
  return resolveStream({ site, camera, stream, field }, secrets, last);
}

/** Whether the operator makes the camera's credential. */
export function needsGeneratedCredential(camera: Camera): boolean {
  if (camera.push !== undefined) return camera.push.credentialsSecretRef === undefined;
  return (camera.compression?.profiles ?? []).some(({ cameraStream }) => {
    return cameraStream?.push !== undefined && cameraStream.push.credentialsSecretRef === undefined;
  });
}

/** As cameras and their own streams have them: one of both. */
interface Stream {
  push?: { credentialsSecretRef?: CredentialRef | undefined } | undefined;
  pull?: { url: string; credentialsSecretRef?: CredentialRef | undefined } | undefined;
}

interface NamedStream {
  site: Site;
  camera: Camera;
  stream: Stream;
  /** As in the manifest. */
  field: string;
}

function resolveStream(
  { site, camera, stream, field }: NamedStream,
  secrets: CredentialSecrets,
  last: Source | undefined,
): SourceResult {
  const ref = (stream.push ?? stream.pull)?.credentialsSecretRef;
  if (ref !== undefined) {
    const where = `${field}.${stream.push ? 'push' : 'pull'}.credentialsSecretRef`;
    const read = readBasicAuth(secrets, site.namespace, ref, where);
    if ('problem' in read) return keepLast(last, read.problem);
    return describeSource(stream, read.credential);
  }
  if (stream.pull) return describeSource(stream);
  const generated = secrets.findGenerated(site.namespace, cameraCredentialsName(site.name));
  // Not generated yet, or emptied by hand: reconciling the Site makes it, and wakes the factory.
  const password = decodeText(generated?.data?.[camera.name]);
  return password ? describeSource(stream, { user: camera.name, password }) : keepLast(last);
}

function describeSource(stream: Stream, credential?: { user: string; password: string }): SourceResult {
  if (stream.pull) {
    const leg = { id: 'camera', url: stream.pull.url };
    return { source: { from: 'legs', legs: [credential === undefined ? leg : { ...leg, credential }] } };
  }
  return credential === undefined ? {} : { source: { from: 'publish', credentials: [credential] } };
}

function keepLast(last: Source | undefined, problem?: Problem): SourceResult {
  return { ...(last === undefined ? {} : { source: last }), ...(problem === undefined ? {} : { problem }) };
}
