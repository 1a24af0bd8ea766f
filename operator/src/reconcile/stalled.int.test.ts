import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyObject, basicAuth, factory, namespace, relay, site } from '../../test/manifests.ts';
import { OperatorSuite } from '../../test/operator-suite.ts';
import { OPERATOR_NAMESPACE, type ReconcilingOperator } from '../../test/reconciling-operator.ts';

const suite = new OperatorSuite();
const gate = { name: 'gate', push: {} };
let operator: ReconcilingOperator;
/** The test's own. */
let ns: string;

beforeEach(() => {
  operator = suite.operator;
  ns = suite.namespace;
});

async function settleSite(cameras: AnyObject[], others: AnyObject = {}, name = 'dock'): Promise<void> {
  await operator.apply(site(ns, name, { cameras, ...others }));
  await operator.settle();
}

/** Each leaves the camera `gate` running, and says what is wrong where, and what to do. */
const WRONG: {
  what: string;
  prepare?: () => Promise<unknown>;
  spec: () => AnyObject;
  reason: string;
  says: RegExp[];
}[] = [
  {
    what: 'a relay that does not exist',
    spec: () => ({ cameras: [gate], relayRef: { name: 'none' } }),
    reason: 'RelayNotFound',
    says: [/^spec\.relayRef: there is no MasterRelay yard-\d+\/none/, /create it, or correct spec\.relayRef/],
  },
  {
    what: 'a relay in a namespace that does not exist',
    spec: () => ({ cameras: [gate], relayRef: { name: 'main', namespace: 'nowhere' } }),
    reason: 'NamespaceNotFound',
    says: [/^spec\.relayRef: there is no namespace nowhere/, /correct spec\.relayRef\.namespace/],
  },
  {
    what: 'a relay that does not permit the Site',
    prepare: () => operator.apply(relay(OPERATOR_NAMESPACE, 'closed', {})),
    spec: () => ({ cameras: [gate], relayRef: { name: 'closed', namespace: OPERATOR_NAMESPACE } }),
    reason: 'RelayNotAllowed',
    says: [
      /^spec\.relayRef: MasterRelay cupola-system\/closed does not permit this Site/,
      /spec\.allowedSites/,
    ],
  },
  {
    what: 'a Secret that is missing',
    spec: () => ({ cameras: [gate, { name: 'new', push: { credentialsSecretRef: { name: 'none' } } }] }),
    reason: 'SecretNotFound',
    says: [/^spec\.cameras\[new\]\.push\.credentialsSecretRef: there is no Secret/, /kubectl create secret/],
  },
  {
    what: 'a Secret of another type',
    prepare: () =>
      operator.apply({ ...basicAuth(ns, 'opaque', { username: 'a', password: 'b' }), type: 'Opaque' }),
    spec: () => ({ cameras: [gate, { name: 'new', push: { credentialsSecretRef: { name: 'opaque' } } }] }),
    reason: 'SecretNotFound',
    says: [/of type kubernetes\.io\/basic-auth/],
  },
  {
    what: 'a Secret without a password',
    prepare: () => operator.apply(basicAuth(ns, 'half', { username: 'a' })),
    spec: () => ({
      cameras: [
        gate,
        { name: 'new', pull: { url: 'rtsp://192.0.2.7/', credentialsSecretRef: { name: 'half' } } },
      ],
    }),
    reason: 'SecretInvalid',
    says: [
      /^spec\.cameras\[new\]\.pull\.credentialsSecretRef: .* lacks the key password/,
      /correct the Secret/,
    ],
  },
  {
    what: 'a password with a line break',
    prepare: () => operator.apply(basicAuth(ns, 'echoed', { username: 'a', password: 'b\n' })),
    spec: () => ({ cameras: [gate, { name: 'new', push: { credentialsSecretRef: { name: 'echoed' } } }] }),
    reason: 'SecretInvalid',
    says: [/its password ends in a line break \(echo without -n/],
  },
  {
    what: "a viewers' Secret that is missing",
    spec: () => ({ cameras: [gate], factory: { viewers: { credentialsSecretRefs: [{ name: 'none' }] } } }),
    reason: 'SecretNotFound',
    says: [/^spec\.factory: .*spec\.viewers\.credentialsSecretRefs\[0\]: there is no Secret/],
  },
  {
    what: 'node ports beyond the quota of the namespace',
    prepare: forbidNodePorts,
    spec: () => ({ cameras: [gate], factory: { exposure: { type: 'NodePort', host: '192.0.2.1' } } }),
    reason: 'RejectedByApiServer',
    says: [/^spec\.factory: .*the Service dock-factory-0 was refused: .*exceeded quota/],
  },
];

/** Nothing runs that would count a quota's use: the test says that all of it is used. */
async function forbidNodePorts(): Promise<void> {
  const path = `/api/v1/namespaces/${ns}/resourcequotas`;
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' } };
  const hard = { 'services.nodeports': '0' };
  const client = suite.server.client();
  await client.request('POST', path, { body: { ...quota, spec: { hard } } });
  const body = { status: { hard, used: hard } };
  await client.request('PATCH', `${path}/none/status`, { contentType: 'application/merge-patch+json', body });
}

describe('a Site edited to something wrong', () => {
  it.each(WRONG)(
    'is stalled, and keeps its running streams: $what',
    async ({ prepare, spec, reason, says }) => {
      await settleSite([gate]);
      const before = await operator.readPlan(ns, 'dock-factory-0-primary');
      await prepare?.();
      await operator.apply(site(ns, 'dock', spec()));
      const stalled = await operator.waitCondition(
        site(ns, 'dock', {}),
        'Stalled',
        ({ status }) => status === 'True',
      );
      expect(stalled.reason).toBe(reason);
      for (const part of says) expect(stalled.message).toMatch(part);
      await operator.settle();
      const { paths } = await operator.readPlan(ns, 'dock-factory-0-primary');
      expect(paths).toEqual(before.paths);
      const { status } = await operator.get('Site', ns, 'dock');
      expect(status.conditions.find(({ type }: AnyObject) => type === 'Reconciling').status).toBe('False');
      expect(operator.events).toContain(`${reason} dock`);
    },
  );

  it('is recovered once it is mended', async () => {
    await settleSite([{ name: 'new', push: { credentialsSecretRef: { name: 'late' } } }]);
    await operator.waitCondition(site(ns, 'dock', {}), 'Stalled', ({ status }) => status === 'True');
    await operator.apply(basicAuth(ns, 'late', { username: 'cam', password: 'secret' }));
    await operator.waitCondition(site(ns, 'dock', {}), 'Stalled', ({ status }) => status === 'False');
    await operator.settle();
    const { paths } = await operator.readPlan(ns, 'dock-factory-0-primary');
    expect(paths[0].source.credentials).toEqual([{ user: 'cam', password: 'secret' }]);
  });

  it('keeps a camera on its last credential when its Secret goes', async () => {
    await operator.apply(basicAuth(ns, 'cam', { username: 'cam', password: 'secret' }));
    await settleSite([{ name: 'gate', push: { credentialsSecretRef: { name: 'cam' } } }]);
    const before = await operator.readPlan(ns, 'dock-factory-0-primary');
    await operator.delete('Secret', ns, 'cam');
    await operator.waitCondition(site(ns, 'dock', {}), 'Stalled', ({ status }) => status === 'True');
    await operator.settle();
    expect(await operator.readPlan(ns, 'dock-factory-0-primary')).toEqual(before);
  });

  it('stays with its relay when it comes to refer to none', async () => {
    await operator.apply(relay(ns, 'main', {}));
    await settleSite([gate], { relayRef: { name: 'main' } });
    const before = await operator.readPlan(ns, 'main-relay-0-primary');
    await settleSite([gate], { relayRef: { name: 'mian' } });
    expect(await operator.readPlan(ns, 'main-relay-0-primary')).toEqual(before);
    const { status } = await operator.get('Site', ns, 'dock');
    expect(status.cameras[0].urls.rtsp).toContain('main-relay-0');
    await settleSite([gate], {});
    expect((await operator.readPlan(ns, 'main-relay-0-primary')).paths).toEqual([]);
  });
});

describe('names that are taken', () => {
  it('leaves a CameraFactory alone that was not made from the Site', async () => {
    await operator.apply(factory(ns, 'dock', {}));
    await operator.settle();
    await operator.apply(site(ns, 'dock', { cameras: [gate] }));
    const stalled = await operator.waitCondition(
      site(ns, 'dock', {}),
      'Stalled',
      ({ status }) => status === 'True',
    );
    expect(stalled.reason).toBe('NameTaken');
    expect((await operator.readPlan(ns, 'dock-factory-0-primary')).paths).toEqual([]);
  });

  it("leaves somebody else's Service alone", async () => {
    const spec = { ports: [{ port: 80, protocol: 'TCP' }], selector: { app: 'shop' } };
    await operator.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: ns, name: 'dock-factory-0' },
      spec,
    });
    await operator.apply(site(ns, 'dock', { cameras: [gate] }));
    const stalled = await operator.waitCondition(
      site(ns, 'dock', {}),
      'Stalled',
      ({ status }) => status === 'True',
    );
    expect(stalled.message).toContain(
      `a Service ${ns}/dock-factory-0 exists that was not made for this object`,
    );
    const service = await operator.get('Service', ns, 'dock-factory-0');
    expect(service.spec.selector).toEqual({ app: 'shop' });
    await operator.delete('Site', ns, 'dock');
    await operator.settle();
  });
});

describe('a shared factory', () => {
  it('takes the Sites that it permits, and lets them go when it no longer does', async () => {
    const tier = (allowedSites: AnyObject) => factory(OPERATOR_NAMESPACE, 'shared', { allowedSites });
    const select = { namespaces: { from: 'Selector', selector: { matchLabels: { team: ns } } } };
    await operator.apply(tier(select));
    await settleSite([gate], { factoryRef: { name: 'shared', namespace: OPERATOR_NAMESPACE } });
    const stalled = await operator.waitCondition(
      site(ns, 'dock', {}),
      'Stalled',
      ({ status }) => status === 'True',
    );
    expect(stalled.reason).toBe('FactoryNotAllowed');
    const listPaths = async () => {
      const { paths } = await operator.readPlan(OPERATOR_NAMESPACE, 'shared-factory-0-primary');
      return paths.map(({ path }: AnyObject) => path);
    };
    expect(await listPaths()).toEqual([]);
    await operator.apply(namespace(ns, { team: ns }));
    await operator.settle();
    expect(await listPaths()).toEqual([`original/${ns}/dock/gate`]);
    await operator.apply(tier({ namespaces: { from: 'Same' } }));
    await operator.settle();
    expect(await listPaths()).toEqual([]);
    await operator.delete('CameraFactory', OPERATOR_NAMESPACE, 'shared');
  });
});
