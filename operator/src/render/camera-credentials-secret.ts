import type { SecretData } from '../topology/basic-auth.ts';
import { encodeText } from '../topology/basic-auth.ts';
import { cameraCredentialsName } from '../topology/names.ts';
import type { Site } from '../topology/tiers.ts';
import { needsGeneratedCredential } from './camera-source.ts';
import { type DesiredObject, describeOwned } from './desired-object.ts';

/**
 * The generated credentials of a Site: key = camera and user name, value = password. What is there stays, since
 * a person may have changed it, and is written only as long as the Secret has not changed since
 * (`resourceVersion`); what is missing is generated; what no camera needs is dropped. Undefined where no
 * camera needs one.
 */
export function renderCameraCredentials(
  site: Site,
  live: (SecretData & { metadata: { resourceVersion?: string } }) | undefined,
  generatePassword: () => string,
): DesiredObject | undefined {
  const cameras = site.spec.cameras.filter(needsGeneratedCredential);
  if (cameras.length === 0) return undefined;
  const name = cameraCredentialsName(site.name);
  const metadata = describeOwned({ ...site, kind: 'Site' }, name);
  if (live?.metadata.resourceVersion !== undefined) metadata.resourceVersion = live.metadata.resourceVersion;
  const data = cameras.map((camera) => {
    return [camera.name, live?.data?.[camera.name] || encodeText(generatePassword())];
  });
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: Object.fromEntries(data) };
}
