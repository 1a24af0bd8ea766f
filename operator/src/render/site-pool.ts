import { compressorPoolTemplateSchema } from '../api/compressor-pool.ts';
import { API_VERSION } from '../api/labels.ts';
import type { Site } from '../topology/tiers.ts';
import { type DesiredObject, describeOwned } from './desired-object.ts';

/** The CompressorPool of a Site that refers to none. `replicas` is left to its autoscaler, or to a person. */
export function renderSitePool(site: Site): DesiredObject {
  return {
    apiVersion: API_VERSION,
    kind: 'CompressorPool',
    metadata: describeOwned({ ...site, kind: 'Site' }, site.name),
    spec: compressorPoolTemplateSchema.parse(site.spec.pool ?? {}),
  };
}
