import { describe, expect, it } from 'vitest';
import { LONGEST, longestSegment } from '../../test/longest-names.ts';
import { buildRelay } from '../../test/tier-builders.ts';
import { findEndpoint } from '../topology/endpoint.ts';
import { findListRoom } from './fit-items.ts';
import { fitRemoteStreams } from './fit-remote-streams.ts';
import { listStreamUrls } from './stream-urls.ts';

const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

/** As of `sites` remote sites with 50 cameras each. */
function fit(sites: number, host: string, pathOf: (site: number, camera: number) => string) {
  const cameras = Array.from({ length: 50 }, (_, index) => `camera-${index}`);
  const remoteSites = Array.from({ length: sites }, (_, index) => ({
    prefix: `edge-${index}`,
    namespace: 'plant',
    site: 'furnace',
    cameras,
    urls: ['rtsp://192.0.2.1:30554'],
    credentialsSecretRef: { name: 'viewer' },
  }));
  const { spec } = buildRelay({ remoteSites });
  const exposure = { type: 'LoadBalancer', host } as const;
  const endpoint = findEndpoint(exposure, ['RTSP', 'HLS', 'WebRTC', 'SRT'], '', { nodePorts: {} })!;
  const streams = remoteSites.flatMap((_, site) => {
    return cameras.map((__, camera) => {
      const path = pathOf(site, camera);
      return { path, online: true, urls: listStreamUrls(endpoint, path) };
    });
  });
  const object = { metadata: {}, spec };
  const fitted = fitRemoteStreams(streams, findListRoom(object));
  const status = { remoteStreams: fitted.streams };
  return { streams, fitted, objectBytes: Buffer.byteLength(JSON.stringify({ ...object, status })) };
}

describe("a relay's status", () => {
  it('has every address of a thousand remote cameras', () => {
    const { streams, fitted } = fit(20, 'tv.example.com', (site, camera) => {
      return `original/edge-${site}/plant/furnace/camera-${camera}`;
    });
    expect(fitted).toEqual({ streams, words: [] });
  });

  it('can be stored with ten thousand of the longest names, and says that addresses are left out', () => {
    const { fitted, objectBytes } = fit(200, LONGEST.host, (site, camera) => {
      const prefix = longestSegment(site);
      return `original/${prefix}/${LONGEST.namespace}/${LONGEST.ownName}/${longestSegment(camera)}`;
    });
    expect(objectBytes).toBeLessThan(MAX_OBJECT_BYTES);
    expect(fitted.words).toMatchObject([
      { type: 'AddressesListed', status: 'False', reason: 'StatusTooLarge' },
    ]);
    expect(fitted.words[0]?.message).toContain('give some of spec.remoteSites to another MasterRelay');
  });
});
