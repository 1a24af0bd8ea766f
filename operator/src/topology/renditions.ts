/** Which renditions a Site asks for: its profiles for each camera, and what the camera itself says of them. */
import type { Encoding } from '@cupola/protocol';
import type { Redundancy, SiteCompression } from '../api/compression.ts';
import type { CameraProfile } from '../api/profile.ts';
import type { Camera } from '../api/site.ts';
import { resolveEncoding } from './encoding.ts';
import { compressedPath, originalPath } from './stream-paths.ts';
import type { Site } from './tiers.ts';

export type CameraStream = NonNullable<CameraProfile['cameraStream']>;

interface RenditionIdentity {
  camera: Camera;
  /** The profile's name. */
  name: string;
  path: string;
}

export type Rendition = RenditionIdentity & {
  /** The path of the stream that it is made of. */
  original: string;
  fallback: SiteCompression['fallback'];
} & (
    | {
        from: 'encoder';
        encoding: Encoding;
        priority: number;
        /** The pool's where undefined. */
        redundancy: Redundancy | undefined;
      }
    /** The camera sends it itself. */
    | { from: 'camera'; stream: CameraStream }
  );

export type EncodedRendition = Extract<Rendition, { from: 'encoder' }>;

/** In the order of the cameras, then of the profiles: the Site's own order, and what a camera adds after it. */
export function listRenditions(site: Site): Rendition[] {
  return site.spec.cameras.flatMap((camera) => listRenditionsOfCamera(site, camera));
}

/** Whether it takes encoders, and so a pool, to serve the Site. */
export function needsEncoders(site: Site): boolean {
  return site.spec.cameras.some((camera) => {
    return listProfiles(site, camera).some(({ cameraStream }) => cameraStream === undefined);
  });
}

/** `camera`: one of the Site's. */
export function listRenditionsOfCamera(site: Site, camera: Camera): Rendition[] {
  const shared = site.spec.compression;
  return listProfiles(site, camera).map((profile): Rendition => {
    const about = {
      camera,
      name: profile.name,
      path: compressedPath(site.namespace, site.name, camera.name, profile.name),
      original: originalPath(site.namespace, site.name, camera.name),
      fallback: camera.compression?.fallback ?? shared?.fallback ?? 'None',
    };
    if (profile.cameraStream !== undefined) return { ...about, from: 'camera', stream: profile.cameraStream };
    return {
      ...about,
      from: 'encoder',
      encoding: resolveEncoding(profile),
      priority: camera.compression?.priority ?? shared?.priority ?? 0,
      redundancy: camera.compression?.redundancy ?? shared?.redundancy,
    };
  });
}

type NamedProfile = Omit<CameraProfile, 'enabled'>;

function listProfiles(site: Site, camera: Camera): NamedProfile[] {
  const profiles = new Map<string, NamedProfile>();
  for (const profile of site.spec.compression?.profiles ?? []) profiles.set(profile.name, profile);
  for (const profile of camera.compression?.profiles ?? []) {
    if (profile.enabled) profiles.set(profile.name, profile);
    else profiles.delete(profile.name);
  }
  return [...profiles.values()];
}
