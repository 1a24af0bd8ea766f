import { describe, expect, it } from 'vitest';
import { buildFactory, buildRelay, buildSite } from '../../test/tier-builders.ts';
import { layOutRelay } from './relay-layout.ts';

const remote = {
  prefix: 'north',
  namespace: 'plant',
  site: 'furnace',
  cameras: ['ladle'],
  urls: ['rtsp://a.example.com:30554', 'rtsp://b.example.com:30554'],
  credentialsSecretRef: { name: 'reader' },
};
const nothing: ReadonlyMap<string, number> = new Map();

describe('layOutRelay', () => {
  it('plays each camera from both sides of its shard, primary first, whichever side has it', () => {
    const site = buildSite({ cameras: [{ name: 'gate', push: { sides: 'Active' } }] });
    const carried = {
      site,
      factory: buildFactory({}, { namespace: 'port', name: 'hall' }),
      findShard: () => 3,
    };
    const { shards } = layOutRelay(buildRelay(), [carried], nothing);
    expect(shards).toEqual([
      [
        {
          path: 'original/yard/dock/gate',
          legs: ['primary', 'backup'].map((side) => ({
            id: side,
            url: `rtsp://hall-factory-3-${side}.port.svc:8554/original/yard/dock/gate`,
            workload: `port/hall-factory-3-${side}`,
          })),
          reader: { of: 'factory', factory: carried.factory },
        },
      ],
    ]);
  });

  it('plays renditions where it plays their cameras, as far as the factory has them', () => {
    const compression = { profiles: [{ name: 'web' }, { name: 'small' }] };
    const site = buildSite({ cameras: [{ name: 'gate', push: {} }], compression });
    const findShard = (path: string) => (path.endsWith('/small') ? undefined : 0);
    const { shards } = layOutRelay(buildRelay(), [{ site, factory: buildFactory(), findShard }], nothing);
    expect(shards[0]?.map(({ path }) => path)).toEqual([
      'compressed/yard/dock/gate/web',
      'original/yard/dock/gate',
    ]);
  });

  it('leaves out a camera that its factory has not taken', () => {
    const site = buildSite({ cameras: [{ name: 'gate', push: {} }] });
    const carried = { site, factory: buildFactory(), findShard: () => undefined };
    expect(layOutRelay(buildRelay(), [carried], nothing).shards).toEqual([[]]);
  });

  it('plays a remote camera by the URLs given, under its prefix', () => {
    const { shards, problems } = layOutRelay(buildRelay({ remoteSites: [remote] }), [], nothing);
    expect(problems).toEqual([]);
    expect(shards[0]).toEqual([
      {
        path: 'original/north/plant/furnace/ladle',
        legs: [
          { id: 'primary', url: 'rtsp://a.example.com:30554/original/plant/furnace/ladle' },
          { id: 'backup', url: 'rtsp://b.example.com:30554/original/plant/furnace/ladle' },
        ],
        reader: { of: 'secret', name: 'reader', field: 'spec.remoteSites[0].credentialsSecretRef' },
      },
    ]);
  });

  it('takes a stream that is listed twice once, and says so', () => {
    const { shards, problems } = layOutRelay(buildRelay({ remoteSites: [remote, remote] }), [], nothing);
    expect(shards[0]).toHaveLength(1);
    expect(problems).toMatchObject([{ reason: 'DuplicateStream', field: 'spec.remoteSites[1]' }]);
  });

  it('says of remote streams that no shard has room for', () => {
    const cameras = Array.from({ length: 101 }, (_, index) => `cam-${index}`);
    const relay = buildRelay({ streamsPerShard: 1, remoteSites: [{ ...remote, cameras }] });
    const { shards, problems } = layOutRelay(relay, [], nothing);
    expect(shards).toHaveLength(100);
    expect(problems).toMatchObject([{ reason: 'TierFull', field: 'spec.remoteSites' }]);
    expect(problems[0]?.message).toContain('no room for 1 of the remote streams, such as original/north/');
  });
});
