import { expect, test } from 'vitest';
import { planCluster } from './cluster-plan.ts';
import { apiServerNames, controlPlaneMachine } from './control-plane.ts';

const plan = planCluster('/a', '10.200.7', 3);
const machine = controlPlaneMachine(plan, '/state/machines/control', '/state/pki', '/tools');

test('the API server is known by its node address, its Service and loopback', () => {
  expect(apiServerNames(plan)).toEqual([
    'DNS:kubernetes',
    'DNS:kubernetes.default',
    'DNS:kubernetes.default.svc',
    'DNS:localhost',
    'IP:10.200.7.10',
    'IP:10.96.0.1',
    'IP:127.0.0.1',
  ]);
});

test('every request leaves its metadata, and nothing of its content, in the audit log', () => {
  expect(machine.services.apiserver).toContain('--audit-log-path=/state/machines/control/audit.log');
  expect(machine.files['audit-policy.yaml']).toContain('level: Metadata');
});

test('etcd and its peers listen on loopback alone', () => {
  const listeners = machine.services.etcd?.match(/--listen-[a-z-]+=\S+/g) ?? [];
  expect(listeners).toHaveLength(2);
  expect(listeners.every((flag) => flag.includes('=http://127.0.0.1:'))).toBe(true);
});

test('a service is one program that takes its script over, so that ending it is seen', () => {
  for (const script of Object.values(machine.services)) expect(script).toMatch(/^exec \/tools\/\S+ /m);
});

test('who asks an API server behind this one is told under a certificate that only this one has', () => {
  const flag = (name: string) => machine.services.apiserver?.match(new RegExp(`--${name}=(\\S+)`))?.[1];
  expect(flag('proxy-client-cert-file')).toBe('/state/pki/front-proxy-client.crt');
  expect(flag('requestheader-allowed-names')).toBe('front-proxy-client');
  // Without the groups an administrator would come out as nobody.
  expect(flag('requestheader-group-headers')).toBe('X-Remote-Group');
});
