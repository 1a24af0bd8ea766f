import { describe, expect, it } from 'vitest';
import { LONGEST, longestSegment } from '../../test/longest-names.ts';
import { buildSite } from '../../test/tier-builders.ts';
import { findEndpoint } from '../topology/endpoint.ts';
import { compressedPath, originalPath } from '../topology/stream-paths.ts';
import { findListRoom } from './fit-items.ts';
import { describeSiteStatus, type ObservedCamera } from './site-status.ts';

const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;
const CAMERAS = 256;
const PROFILES = 8;
const PROTOCOLS = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'] as const;
const NODE_PORTS = { rtsp: 30001, rtmp: 30002, srt: 30003, hls: 30004, webrtc: 30005 };

interface Names {
  namespace: string;
  site: string;
  host: string;
  worker: string;
  camera: (index: number) => string;
  profile: (index: number) => string;
}

const longest: Names = {
  namespace: LONGEST.namespace,
  site: LONGEST.ownName,
  host: LONGEST.host,
  worker: `${LONGEST.ownName}-pool-199`,
  camera: longestSegment,
  profile: longestSegment,
};
const usual: Names = {
  namespace: 'video',
  site: 'harbour-west',
  host: 'cameras.example.com',
  worker: 'encoders-pool-12',
  camera: (index) => `camera-${index}`,
  profile: (index) => `${index}-1080p`,
};

interface Renditions {
  count: number;
  from: 'encoder' | 'camera';
  failure?: string;
}

/** A Site with as many cameras as there may be, all pushed to both sides, everything of them known. */
function describeLargest(names: Names, { count, from, failure }: Renditions) {
  const exposure = { type: 'NodePort', host: names.host } as const;
  const endpoint = findEndpoint(exposure, PROTOCOLS, '', { nodePorts: NODE_PORTS })!;
  const sides = { primary: endpoint, backup: endpoint };
  const listed = Array.from({ length: CAMERAS }, (_, index) => ({ name: names.camera(index), push: {} }));
  const site = buildSite({ cameras: listed }, { namespace: names.namespace, name: names.site });
  const cameras = site.spec.cameras.map((camera): ObservedCamera => {
    const isServed = failure === undefined;
    return {
      camera,
      path: originalPath(site.namespace, site.name, camera.name),
      shard: 99,
      evidence: { primary: true, backup: true, isServed: true, isSingle: false },
      viewers: endpoint,
      publish: sides,
      renditions: Array.from({ length: count }, (_, index) => ({
        name: names.profile(index),
        path: compressedPath(site.namespace, site.name, camera.name, names.profile(index)),
        evidence: { isSourceOnline: true, isServed, isPlaced: true, ...(failure && { failure }) },
        isEncoded: from === 'encoder',
        workers: from === 'encoder' ? [names.worker, names.worker] : [],
        viewers: endpoint,
        publish: from === 'camera' ? sides : {},
      })),
    };
  });
  const object = { metadata: { namespace: site.namespace, name: site.name }, spec: site.spec };
  const observation = { previous: undefined, problems: [], pending: [], shards: [], cameras, total: CAMERAS };
  const roomBytes = findListRoom(object);
  const status = describeSiteStatus({ ...observation, generation: 1, roomBytes }, 0);
  const addresses = status.conditions?.find(({ type }) => type === 'AddressesListed');
  // As Go's encoding/json writes it.
  const text = JSON.stringify({ ...object, status }).replace(/[<>&]/g, '\\u0026');
  return { status, addresses, objectBytes: Buffer.byteLength(text) };
}

describe("a Site's status", () => {
  it('has every address of as many cameras and profiles as there may be, with names as they are given', () => {
    const { status, addresses, objectBytes } = describeLargest(usual, { count: PROFILES, from: 'encoder' });
    expect(objectBytes).toBeLessThan(MAX_OBJECT_BYTES);
    expect(addresses).toBeUndefined();
    const urls = status.cameras?.flatMap((camera) => [
      camera.urls,
      ...(camera.renditions ?? []).map((each) => each.urls),
    ]);
    expect(urls?.filter((each) => each?.webrtc !== undefined)).toHaveLength(CAMERAS * (1 + PROFILES));
  });

  it.each<Renditions>([
    { count: 0, from: 'encoder' },
    { count: PROFILES, from: 'encoder' },
    { count: PROFILES, from: 'camera' },
    { count: PROFILES, from: 'encoder', failure: `OutOfMemory: ${'<'.repeat(300)}` },
  ])('can be stored with the longest names and %o', (renditions) => {
    const { status, objectBytes } = describeLargest(longest, renditions);
    expect(objectBytes).toBeLessThan(MAX_OBJECT_BYTES);
    expect(status.counts).toMatchObject({ total: CAMERAS, redundant: CAMERAS });
    expect(status.cameras).toHaveLength(CAMERAS);
  });

  it('says that the last addresses are left out, and keeps the states and the first ones', () => {
    const { status, addresses } = describeLargest(longest, { count: PROFILES, from: 'encoder' });
    expect(addresses).toMatchObject({ status: 'False', reason: 'StatusTooLarge' });
    expect(addresses?.message).toMatch(/all are served; move some of spec\.cameras to another Site/);
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    const [first, last] = [status.cameras?.[0], status.cameras?.at(-1)];
    expect(Object.keys(first?.publish?.backup ?? {})).toEqual(['rtsp', 'rtmp', 'srt', 'whip']);
    expect(last).toMatchObject({ name: longestSegment(CAMERAS - 1), state: 'Redundant', shard: 99 });
    expect(last).not.toHaveProperty('urls');
    expect(last).not.toHaveProperty('publish');
  });
});
