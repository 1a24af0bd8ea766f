import { factoryTemplateSchema } from '../api/camera-factory.ts';
import { API_VERSION } from '../api/labels.ts';
import type { Site } from '../topology/tiers.ts';
import { type DesiredObject, describeOwned } from './desired-object.ts';

/** The CameraFactory of a Site that refers to none. Who else may use it is left to its default. */
export function renderSiteFactory(site: Site): DesiredObject {
  return {
    apiVersion: API_VERSION,
    kind: 'CameraFactory',
    metadata: describeOwned({ ...site, kind: 'Site' }, site.name),
    spec: factoryTemplateSchema.parse(site.spec.factory ?? {}),
  };
}
