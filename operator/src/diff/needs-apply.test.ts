import { describe, expect, it } from 'vitest';
import { hashContent } from './content-hash.ts';
import { needsApply, withAppliedHash } from './needs-apply.ts';

/** As the API server gives back what was applied: with defaults, others' fields, and quantities in its own form. */
function serve(desired: object, changes: object = {}): never {
  const applied = withAppliedHash(desired as never) as { metadata: object };
  const metadata = { ...applied.metadata, uid: 'u', resourceVersion: '7', generation: 1 };
  return { ...applied, metadata, status: { ready: 1 }, ...changes } as never;
}

function deployment(container: object = {}, pod: object = {}) {
  const containers = [{ name: 'agent', image: 'agent:1', ...container }];
  return {
    metadata: { name: 'a', labels: { app: 'a' } },
    spec: { template: { spec: { containers, ...pod } } },
  };
}

function service(...ports: object[]) {
  return { metadata: { name: 's' }, spec: { ports } };
}

const rtsp = { name: 'rtsp', port: 8554, protocol: 'TCP' };
const srt = { name: 'srt', port: 8890, protocol: 'UDP' };

describe('needsApply', () => {
  it.each([
    {
      what: 'defaults that the API server adds',
      desired: deployment(),
      live: deployment({ imagePullPolicy: 'IfNotPresent' }, { dnsPolicy: 'ClusterFirst' }).spec,
    },
    {
      what: 'quantities in another form',
      desired: deployment({
        resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { cpu: '1.5m' } },
      }),
      live: deployment({ resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1500u' } } })
        .spec,
    },
    {
      what: 'a volume size in another form',
      desired: deployment({}, { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1024Ki' } }] }),
      live: deployment({}, { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }] }).spec,
    },
    {
      what: 'empty values that the API server leaves out',
      desired: deployment({ env: [], stdin: false, workingDir: '' }, { nodeSelector: {} }),
      live: deployment().spec,
    },
    {
      what: 'a container that somebody else put in, in another order',
      desired: deployment(),
      live: deployment({}, { containers: [{ name: 'proxy' }, { name: 'agent', image: 'agent:1' }] }).spec,
    },
    {
      what: 'node ports that the API server gave',
      desired: service(rtsp, srt),
      live: service({ ...srt, nodePort: 30002 }, { ...rtsp, nodePort: 30001 }).spec,
    },
  ])('is false for $what', ({ desired, live }) => {
    expect(needsApply(desired as never, serve(desired, { spec: live }))).toBe(false);
  });

  it.each([
    { what: 'another image', desired: deployment(), live: deployment({ image: 'agent:2' }).spec },
    { what: 'a missing container', desired: deployment(), live: deployment({ name: 'other' }).spec },
    { what: 'a missing port', desired: service(rtsp, srt), live: service(rtsp).spec },
    {
      what: 'another target of a port',
      desired: service({ ...rtsp, targetPort: 1 }),
      live: service({ ...rtsp, targetPort: 2 }).spec,
    },
    {
      what: 'another order of a list that is one value',
      desired: deployment({ args: ['a', 'b'] }),
      live: deployment({ args: ['b', 'a'] }).spec,
    },
    {
      what: 'an added item of a list that is one value',
      desired: deployment({ args: ['a'] }),
      live: deployment({ args: ['a', 'b'] }).spec,
    },
    {
      what: 'more than is wanted of a resource',
      desired: deployment({ resources: { requests: { cpu: '1' } } }),
      live: deployment({ resources: { requests: { cpu: '2' } } }).spec,
    },
    { what: 'a label that was taken away', desired: deployment(), live: undefined, metadata: { labels: {} } },
  ])('is true for $what', ({ desired, live, metadata }) => {
    const served = serve(desired, live === undefined ? {} : { spec: live }) as { metadata: object };
    const changed = { ...served, metadata: { ...served.metadata, ...metadata } } as never;
    expect(needsApply(desired as never, changed)).toBe(true);
  });

  it('is true where there is nothing, or what was applied had a field that is no longer wanted', () => {
    expect(needsApply(deployment(), undefined)).toBe(true);
    expect(needsApply(deployment(), serve(deployment({ tty: true })))).toBe(true);
  });

  it('does not mind the precondition of a write, nor a hash that is there already', () => {
    const desired = { metadata: { name: 'a', resourceVersion: '6' }, spec: { a: 1 } };
    expect(needsApply(withAppliedHash(desired), serve(desired))).toBe(false);
  });
});

describe('hashContent', () => {
  it('tells contents apart, but not orders of keys or members that are undefined', () => {
    expect(hashContent({ a: 1, b: [{ c: 2, d: undefined }] })).toBe(hashContent({ b: [{ c: 2 }], a: 1 }));
    expect(hashContent(['ab', 'c'])).not.toBe(hashContent(['a', 'bc']));
    expect(hashContent({ a: '1' })).not.toBe(hashContent({ a: 1 }));
  });
});
