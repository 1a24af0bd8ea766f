import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFactory, buildSecrets, buildShard, buildSite } from '../../test/tier-builders.ts';
import { buildSurroundings, pickPlan } from '../../test/tier-surroundings.ts';
import { layOutFactory } from '../topology/factory-layout.ts';
import { type PlanRecord, readAssignment, readPlan } from '../topology/plan-record.ts';
import type { Site } from '../topology/tiers.ts';
import { renderCameraFactory } from './camera-factory.ts';

const SIDES = ['primary', 'backup'] as const;
const secrets = buildSecrets({ basicAuth: { 'yard/cam': { username: 'cam', password: 'c' } } });
const credentialsSecretRef = { name: 'cam' };

const sides = fc.constantFrom('Both', 'Active');
const way = fc.oneof(
  fc.record({ push: fc.record({ sides, credentialsSecretRef: fc.constant(credentialsSecretRef) }) }),
  fc.record({ pull: fc.record({ sides, url: fc.constantFrom('rtsp://192.0.2.1/a', 'rtsp://192.0.2.2/b') }) }),
);
const cameras = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), way);
const sites = fc.dictionary(fc.constantFrom('dock', 'pier', 'quay'), cameras).map((named) =>
  Object.entries(named).map(([name, cameras]) => {
    const factoryRef = { name: 'hall' };
    return buildSite(
      { factoryRef, cameras: Object.entries(cameras).map(([name, way]) => ({ name, ...way })) },
      { name },
    );
  }),
);

type Plans = PlanRecord[][];

function apply(current: readonly Site[], plans: Plans, activeSide: (typeof SIDES)[number]): Plans {
  const factory = buildFactory({ camerasPerShard: 3 }, { name: 'hall' });
  const layout = layOutFactory(factory, current, readAssignment(plans));
  const around = buildSurroundings({ secrets });
  around.observeShard = (shard) => {
    const [primary, backup] = plans[shard] ?? [];
    return buildShard(
      { ...(primary && { primary: { plan: primary } }), ...(backup && { backup: { plan: backup } }) },
      { activeSide },
    );
  };
  const { objects } = renderCameraFactory(
    { factory, layout, findRelays: () => [], findPool: () => undefined },
    around,
  );
  return layout.shards.map((_, shard) =>
    SIDES.map((side) => readPlan(JSON.stringify(pickPlan(objects, `hall-factory-${shard}-${side}`)))!),
  );
}

/** What each side has of each path, whichever shard it is in. */
function listSources(plans: Plans) {
  const entries = plans.flatMap((shard, number) =>
    shard.flatMap((record, side) =>
      record.plan.paths.map(({ path, source }) => {
        const text = JSON.stringify(source).replace(`hall-factory-${number}-`, 'hall-factory-N-');
        return [`${SIDES[side]} ${path}`, JSON.parse(text)];
      }),
    ),
  );
  return Object.fromEntries(entries.toSorted());
}

describe('any edits of Sites, and switches between them', () => {
  it('end where applying the last one alone ends, but for the shards; applying it twice changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sites, fc.constantFrom(...SIDES)), { minLength: 1, maxLength: 6 }),
        (edits) => {
          let plans: Plans = [];
          for (const [current, activeSide] of edits) plans = apply(current, plans, activeSide);
          const [last, activeSide] = edits.at(-1)!;
          expect(listSources(plans)).toEqual(listSources(apply(last, [], activeSide)));
          expect(apply(last, plans, activeSide)).toEqual(plans);
        },
      ),
      { numRuns: 40 },
    );
  });
});
