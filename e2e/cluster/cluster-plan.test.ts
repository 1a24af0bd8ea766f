import { expect, test } from 'vitest';
import { candidateNetworks, isTaken, planCluster, podNetwork, serviceNetwork } from './cluster-plan.ts';

test('three nodes are two for media and a last one at the edge', () => {
  const { nodes } = planCluster('/a', '10.200.7', 3);
  expect(nodes.map(({ name, role, address, podSubnet }) => [name, role, address, podSubnet])).toEqual([
    ['media-1', 'media', '10.200.7.21', '10.244.1.0/24'],
    ['media-2', 'media', '10.200.7.22', '10.244.2.0/24'],
    ['edge', 'edge', '10.200.7.20', '10.244.0.0/24'],
  ]);
});

test('a single node carries media', () => {
  expect(planCluster('/a', '10.200.7', 1).nodes.map(({ name, role }) => [name, role])).toEqual([
    ['media-1', 'media'],
  ]);
});

test('a number of nodes that has no addresses is refused', () => {
  for (const count of [0, -1, 1.5, 201, Number.NaN]) {
    expect(() => planCluster('/a', '10.200.7', count)).toThrow(RangeError);
  }
});

test('nothing of one checkout carries a name of another', () => {
  const names = (checkout: string) => {
    const plan = planCluster(checkout, '10.200.7', 3);
    return [plan.prefix, plan.switchNetns, plan.control.netns, plan.outside.netns].concat(
      plan.nodes.map(({ netns }) => netns),
    );
  };
  const both = [...names('/checkouts/a'), ...names('/checkouts/b')];
  expect(new Set(both).size).toBe(both.length);
});

test("names of links fit the kernel's 15 characters", () => {
  const plan = planCluster('/some/checkout', '10.200.7', 200);
  const links = [plan.prefix, plan.control.port, plan.outside.port, ...plan.nodes.map(({ port }) => port)];
  expect(links.filter((name) => name.length > 15)).toEqual([]);
});

test('addresses and hardware addresses are each used once', () => {
  const plan = planCluster('/a', '10.200.7', 200);
  const stations = [plan.control, plan.outside, ...plan.nodes];
  const addresses = [plan.hostAddress, ...stations.map(({ address }) => address)];
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(new Set(stations.map(({ mac }) => mac)).size).toBe(stations.length);
});

test('every network is tried once, starting at one that the key decides', () => {
  const all = [...candidateNetworks('00000a')];
  expect(all[0]).toBe('10.200.10');
  expect(new Set(all).size).toBe(10_240);
  expect([...candidateNetworks('ffffff')][0]).not.toBe(all[0]);
});

test.each([
  ['10.200.7.0/24', true],
  ['10.200.7.9', true],
  ['10.200.0.0/16', true],
  ['10.200.7.128/25', true],
  ['10.200.8.0/24', false],
  ['10.0.0.0/8', false],
  ['default', false],
])('a route to %s keeps 10.200.7 from being used: %s', (route, taken) => {
  expect(isTaken('10.200.7', route)).toBe(taken);
});

test('no node network of any checkout lies in the networks of pods and Services', () => {
  for (const network of candidateNetworks('000000')) {
    expect([isTaken(network, podNetwork), isTaken(network, serviceNetwork)], network).toEqual([false, false]);
  }
});
