import { encodingSchema } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { buildSite } from '../../test/tier-builders.ts';
import { listRenditions, needsEncoders } from './renditions.ts';

const gate = { name: 'gate', push: {} };
const web = { name: 'web', preset: 'Web' };
const low = {
  name: 'low',
  video: { height: 360, framesPerSecond: 10, bitrateKbps: 300, keyFrameSeconds: 2 },
};

function list(camera: object, compression: object = { profiles: [web, low] }) {
  return listRenditions(buildSite({ cameras: [{ ...gate, compression: camera }], compression }));
}

describe('the renditions of a camera', () => {
  it("are its Site's profiles", () => {
    expect(list({})).toMatchObject([
      {
        path: 'compressed/yard/dock/gate/web',
        original: 'original/yard/dock/gate',
        from: 'encoder',
        priority: 0,
        redundancy: undefined,
        fallback: 'None',
      },
      { path: 'compressed/yard/dock/gate/low' },
    ]);
  });

  it('are its own where it has a profile of that name, none where it wants none, and more where it has more', () => {
    const stream = { pull: { url: 'rtsp://192.0.2.1/sub' } };
    const profiles = [
      { name: 'web', cameraStream: stream },
      { name: 'low', enabled: false },
      { name: 'more' },
    ];
    expect(list({ profiles })).toMatchObject([
      { name: 'web', from: 'camera', stream },
      { name: 'more', from: 'encoder' },
    ]);
  });

  it('have the priority, redundancy and fallback of the camera, else of the Site', () => {
    const shared = { profiles: [web], priority: 3, redundancy: 'Hot', fallback: 'Original' };
    expect(list({}, shared)).toMatchObject([{ priority: 3, redundancy: 'Hot', fallback: 'Original' }]);
    expect(list({ priority: 0, redundancy: 'Warm', fallback: 'None' }, shared)).toMatchObject([
      { priority: 0, redundancy: 'Warm', fallback: 'None' },
    ]);
  });

  it('are encoded so that every browser plays them with the preset Web', () => {
    const [rendition] = list({});
    if (rendition?.from !== 'encoder') throw new Error('not encoded');
    expect(encodingSchema.parse(rendition.encoding)).toEqual({
      video: {
        codec: 'H264',
        profile: 'Baseline',
        speed: 'veryfast',
        height: 720,
        bitrateKbps: 1500,
        maxBitrateKbps: 2250,
        bufferKbits: 2250,
      },
      audio: { codec: 'Opus', bitrateKbps: 64 },
    });
  });

  it('keep the audio of the camera without a preset, and what the profile says', () => {
    const [, rendition] = list({});
    expect(rendition).toMatchObject({
      encoding: { video: { profile: 'Main', height: 360, maxBitrateKbps: 450 }, audio: { codec: 'Copy' } },
    });
  });

  it('need no encoder where the camera sends them itself', () => {
    const profiles = [{ name: 'web', cameraStream: { push: {} } }];
    const site = (compression: object) => buildSite({ cameras: [{ ...gate, compression }] });
    expect(needsEncoders(site({ profiles }))).toBe(false);
    expect(needsEncoders(site({ profiles: [web] }))).toBe(true);
    expect(needsEncoders(buildSite({ compression: { profiles: [web] } }))).toBe(false);
  });
});
