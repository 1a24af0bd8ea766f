import type { PlannedPath } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { buildPool } from '../../test/pool-builders.ts';
import { buildFactory, buildSecrets, buildSite } from '../../test/tier-builders.ts';
import type { Placement } from '../topology/placement/pool.ts';
import { listRenditions } from '../topology/renditions.ts';
import { planRendition } from './rendition-source.ts';

const gate = { name: 'gate', push: {} };
const readerKeys = { current: 'a2V5' };

function plan(spec: object, placement?: Placement, last?: PlannedPath): PlannedPath | undefined {
  const site = buildSite({ cameras: [gate], ...spec });
  const [camera, rendition] = [site.spec.cameras[0]!, listRenditions(site)[0]!];
  const placed = { site, camera, path: rendition.original };
  const pool = { pool: buildPool(), findPlacement: () => placement };
  const secrets = buildSecrets({ generated: { 'yard/dock-camera-credentials': { gate: 'p' } } });
  const place = { factory: buildFactory(), shard: 2, side: 'backup', placed, pool, last } as const;
  return planRendition(rendition, place, { secrets, readerKeys })[0];
}

function listLegs(planned: PlannedPath | undefined): string[] {
  return planned?.source.from === 'legs' ? planned.source.legs.map(({ id }) => id) : [];
}

describe('a rendition at its factory', () => {
  const compression = { profiles: [{ name: 'web' }] };
  const moving = { active: ['w1'], leaving: ['w0'], standby: 'w2' };

  it('comes from all workers that have it: who is to encode it, who still does, who stands by', () => {
    expect(listLegs(plan({ compression }, moving))).toEqual(['w1', 'w0', 'w2']);
  });

  it('keeps its legs while nobody encodes it, so that readers stay; before, it is not there', () => {
    expect(plan({ compression })).toBeUndefined();
    const last = plan({ compression }, moving);
    expect(plan({ compression }, undefined, last)).toEqual(last);
  });

  it('is the original of the same pod where the Site wants that rather than nothing', () => {
    const fallback = { compression: { ...compression, fallback: 'Original' } };
    const shown = plan(fallback);
    expect(shown).toMatchObject({
      path: 'compressed/yard/dock/gate/web',
      source: {
        legs: [{ id: 'original', url: 'rtsp://dock-factory-2-backup.yard.svc:8554/original/yard/dock/gate' }],
      },
    });
    expect(listLegs(plan(fallback, { active: ['w0'], leaving: [] }, shown))).toEqual(['w0']);
  });

  it('is encoded there in an all-in-one pod, but not by hardware', () => {
    expect(plan({ compression, topology: 'AllInOne' })?.source).toMatchObject({
      from: 'transcode',
      input: 'original/yard/dock/gate',
    });
    const hardware = { profiles: [{ name: 'web', video: { hardware: 'QSV' } }] };
    expect(plan({ compression: hardware, topology: 'AllInOne' })).toBeUndefined();
    const last = plan({ compression, topology: 'AllInOne' });
    expect(plan({ compression: hardware, topology: 'AllInOne' }, undefined, last)).toEqual(last);
  });

  it("is pushed by its camera where it is a stream of the camera's own", () => {
    const own = { ...gate, compression: { profiles: [{ name: 'web', cameraStream: { push: {} } }] } };
    expect(plan({ cameras: [own] })?.source).toEqual({
      from: 'publish',
      credentials: [{ user: 'gate', password: 'p' }],
    });
  });
});
