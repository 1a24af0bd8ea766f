import { expect, test } from 'vitest';
import { planCluster } from './cluster-plan.ts';
import { nodeMachine } from './node-machine.ts';

const plan = planCluster('/a', '10.200.7', 3);
const settings = { folder: '/state/machines/n', pki: '/state/pki', tools: '/tools', maxRestartDelay: null };

function machineOf(name: string, changes: Partial<typeof settings> | { maxRestartDelay: string } = {}) {
  const node = plan.nodes.find((candidate) => candidate.name === name)!;
  return nodeMachine(plan, node, { ...settings, ...changes });
}

function kubeletConfigOf(name: string, changes = {}) {
  return JSON.parse(machineOf(name, changes).files['kubelet.yaml']!);
}

test('only the edge node registers with the taint that keeps media off it', () => {
  expect(kubeletConfigOf('edge').registerWithTaints).toEqual([
    { key: 'cupola.dev/edge', effect: 'NoSchedule' },
  ]);
  expect(kubeletConfigOf('media-1').registerWithTaints).toEqual([]);
});

test("containers restart after Kubernetes' own pauses, unless a bench asks for shorter ones", () => {
  expect(kubeletConfigOf('media-1')).not.toHaveProperty('crashLoopBackOff');
  expect(kubeletConfigOf('media-1', { maxRestartDelay: '1s' }).crashLoopBackOff).toEqual({
    maxContainerRestartPeriod: '1s',
  });
});

test('each node keeps its groups, pods and addresses apart from every other', () => {
  const [one, two] = ['media-1', 'media-2'].map((name) => {
    const cni = JSON.parse(machineOf(name).files['cni.conflist']!);
    return [kubeletConfigOf(name).cgroupRoot, cni.plugins[0].ipam.ranges[0][0].subnet];
  });
  expect(one).toEqual([`/${plan.prefix}/media-1`, '10.244.1.0/24']);
  expect(two).toEqual([`/${plan.prefix}/media-2`, '10.244.2.0/24']);
});

test('what a power cut ends lies on the tmpfs of the machine, what survives it in its folder', () => {
  const config = machineOf('media-1').files['containerd.toml']!;
  expect(config).toContain('state = "/run/containerd"');
  expect(config).toContain('netns_mounts_under_state_dir = true');
  expect(config).toContain('root = "/state/machines/n/containerd"');
});

test('no fixed place of the host is written by the kubelet', () => {
  const config = kubeletConfigOf('media-1');
  for (const path of [config.podLogsDir, config.volumePluginDir, config.resolvConf]) {
    expect(path).toMatch(/^\/state\/machines\/n\//);
  }
  expect(machineOf('media-1').services.kubelet).toContain('--root-dir=/state/machines/n/kubelet');
});
