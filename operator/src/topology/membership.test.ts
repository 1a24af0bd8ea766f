import { describe, expect, it } from 'vitest';
import { buildPool } from '../../test/pool-builders.ts';
import { buildFactory, buildInventory, buildRelay, buildSite } from '../../test/tier-builders.ts';
import {
  findFactoryOf,
  findPoolOf,
  findRelayOf,
  listSitesOfFactory,
  listSitesOfPool,
  listSitesOfRelay,
} from './membership.ts';

const namespaces = { yard: { team: 'port' }, port: {}, town: { team: 'town' } };
const labels = { role: 'public' };

function allow(namespaces: object, sites?: object) {
  return { allowedSites: { namespaces, ...(sites === undefined ? {} : { sites }) } };
}

describe('a shared tier permits', () => {
  it.each([
    { what: 'its own namespace by default', spec: {}, permitted: ['port'] },
    { what: 'all namespaces', spec: allow({ from: 'All' }), permitted: ['yard', 'port', 'town'] },
    {
      what: 'namespaces by their labels',
      spec: allow({ from: 'Selector', selector: { matchLabels: { team: 'port' } } }),
      permitted: ['yard'],
    },
    { what: 'nobody by a selector that is missing', spec: allow({ from: 'Selector' }), permitted: [] },
    {
      what: 'Sites by their labels too',
      spec: allow({ from: 'All' }, { matchLabels: { role: 'public' } }),
      permitted: ['town'],
    },
  ])('$what', ({ spec, permitted }) => {
    const relay = buildRelay(spec, { namespace: 'port' });
    const inventory = buildInventory({ relays: [relay] }, namespaces);
    const sites = ['yard', 'port', 'town'].map((namespace) => {
      const relayRef = { name: 'main', namespace: 'port' };
      return buildSite({ relayRef }, { namespace, labels: namespace === 'town' ? labels : {} });
    });
    const members = listSitesOfRelay(relay, sites, new Set(), inventory);
    expect(members.map(({ namespace }) => namespace)).toEqual(permitted);
    const followed = sites.filter((site) => 'tier' in findRelayOf(site, inventory)!);
    expect(followed).toEqual(members);
  });
});

describe('a factory', () => {
  it('takes the Site that it was made from, and none that only has its name', () => {
    const own = buildFactory({}, { ownerSite: 'dock' });
    const byHand = buildFactory();
    const site = buildSite();
    expect(listSitesOfFactory(own, [site], buildInventory({}))).toEqual([site]);
    expect(findFactoryOf(site, buildInventory({ factories: [own] }))).toEqual({ tier: own });
    expect(listSitesOfFactory(byHand, [site], buildInventory({}))).toEqual([]);
    expect(findFactoryOf(site, buildInventory({ factories: [byHand] }))).toMatchObject({
      problem: { reason: 'NameTaken' },
    });
  });

  it("can be another Site's too, where that refers to it", () => {
    const own = buildFactory({}, { ownerSite: 'dock' });
    const sites = [buildSite(), buildSite({ factoryRef: { name: 'dock' } }, { name: 'pier' })];
    expect(listSitesOfFactory(own, sites, buildInventory({}))).toEqual(sites);
  });
});

describe('a Site whose relayRef leads nowhere', () => {
  const carried = new Set(['yard/dock']);
  const astray = buildSite({ relayRef: { name: 'mian' } });

  it('stays with the relay that carries it, as long as that permits it', () => {
    const relay = buildRelay();
    expect(listSitesOfRelay(relay, [astray], carried, buildInventory({ relays: [relay] }))).toEqual([astray]);
    const closed = buildRelay(allow({ from: 'Same' }, { matchLabels: { role: 'public' } }));
    expect(listSitesOfRelay(closed, [astray], carried, buildInventory({ relays: [closed] }))).toEqual([]);
  });

  it('goes to no relay that did not carry it, and leaves when it refers to another or to none', () => {
    const [relay, other] = [buildRelay(), buildRelay({}, { name: 'other' })];
    const inventory = buildInventory({ relays: [relay, other] });
    expect(listSitesOfRelay(relay, [astray], new Set(), inventory)).toEqual([]);
    const moved = buildSite({ relayRef: { name: 'other' } });
    expect(listSitesOfRelay(relay, [moved, buildSite()], carried, inventory)).toEqual([]);
  });
});

describe('a pool', () => {
  const encoded = { cameras: [{ name: 'gate', push: {} }], compression: { profiles: [{ name: 'web' }] } };
  const poolRef = { name: 'encoders' };
  const shared = buildPool();
  const own = { ...buildPool(), name: 'dock', ownerSite: 'dock' };
  const inventory = buildInventory({ pools: [shared, own] });

  it('encodes for Sites that refer to it, and for the one that it was made from', () => {
    const [site, referring] = [buildSite(encoded), buildSite({ ...encoded, poolRef })];
    expect(findPoolOf(site, inventory)).toEqual({ tier: own });
    expect(findPoolOf(referring, inventory)).toEqual({ tier: shared });
    expect(listSitesOfPool(own, [site, referring], new Set(), inventory)).toEqual([site]);
    expect(listSitesOfPool(shared, [site, referring], new Set(), inventory)).toEqual([referring]);
  });

  it('is asked by none that has nothing to encode, or encodes in its factory', () => {
    const stream = { cameraStream: { push: {} } };
    const camera = { name: 'gate', push: {}, compression: { profiles: [{ name: 'web', ...stream }] } };
    const others = [
      buildSite({ poolRef }),
      buildSite({ ...encoded, cameras: [camera], poolRef }),
      buildSite({ ...encoded, topology: 'AllInOne' }),
    ];
    expect(others.map((site) => findPoolOf(site, inventory))).toEqual([undefined, undefined, undefined]);
    expect(listSitesOfPool(shared, others, new Set(), inventory)).toEqual([]);
  });

  it('goes on for a Site whose reference leads nowhere', () => {
    const astray = buildSite({ ...encoded, poolRef: { name: 'encodres' } });
    expect(listSitesOfPool(shared, [astray], new Set(['yard/dock']), inventory)).toEqual([astray]);
    expect(listSitesOfPool(shared, [astray], new Set(), inventory)).toEqual([]);
    expect(findPoolOf(astray, inventory)).toMatchObject({ problem: { reason: 'PoolNotFound' } });
  });
});
