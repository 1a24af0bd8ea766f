import type { DesiredObject } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';

/** The Service as the tier's `exposure` wants it. */
export function exposeService(tier: MediaTier, service: DesiredObject): DesiredObject {
  const { type, annotations } = tier.exposure;
  const metadata = annotations === undefined ? service.metadata : { ...service.metadata, annotations };
  return { ...service, metadata, spec: { ...service.spec, type } };
}
