import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { findFreePorts } from '../../peers/ports.ts';
import type { ApiServer } from './api-server.ts';
import { type AuditedRequest, AuditLog, purposeOf } from './audit-log.ts';
import type { ScaleFigures } from './figures.ts';
import { Fleet } from './fleet.ts';
import { installManifests } from './installation.ts';
import { KubeClient, type KubeObject } from './kube-client.ts';
import { listNamespaces, makeRelay, makeSite, RELAY } from './manifests.ts';
import { OperatorProcess, readNodeFlags } from './operator-process.ts';
import { quantileOf, sumOf } from './prometheus-text.ts';
import { countRequests } from './request-counts.ts';

export interface ScaleRunOptions {
  readonly root: string;
  /** Takes logs and keys. */
  readonly folder: string;
  /** The operator's bundle. */
  readonly program: string;
  readonly server: ApiServer;
  readonly sites: number;
  readonly camerasPerSite: number;
  readonly restSeconds: number;
}

interface SiteObject extends KubeObject {
  status?: {
    observedGeneration?: number;
    conditions?: { type: string; status: string; message: string }[];
    counts?: { total: number; offline: number };
  };
}

const REPLICAS = 2;
const API = '/apis/cupola.dev/v1alpha1';
const DURATION = 'cupola_operator_reconcile_duration_seconds';
/** No write for this long: the operator rests. Longer than every delay that it has. */
const QUIET_MS = 15_000;
const BUDGET_MS = 15 * 60_000;
const POLL_MS = 500;
const CREATED_AT_ONCE = 8;

export class ScaleRun {
  readonly #options: ScaleRunOptions;
  readonly #client: KubeClient;
  readonly #audit: AuditLog;
  #operators: OperatorProcess[] = [];
  #operatorUser = '';
  #fleet: Fleet | undefined;
  #error: unknown;
  #lastWriteMs = 0;

  constructor(options: ScaleRunOptions) {
    this.#options = options;
    this.#client = new KubeClient(options.server.access);
    this.#audit = new AuditLog(options.server.auditLog);
  }

  async measure(): Promise<ScaleFigures> {
    const { sites, camerasPerSite, restSeconds } = this.#options;
    await this.#install();
    const fleet = await this.#startFleet();
    say('creating Sites');
    const startMs = Date.now();
    const ready = this.#watchSites();
    await this.#createSites();
    say(`${sites} Sites are created`);
    await this.#until(
      'all Sites Ready',
      async () => ready.size === sites,
      () => `${ready.size} of ${sites}`,
    );
    const allReadyMs = Math.max(...ready.values()) - startMs;
    say('all Sites are Ready');
    const converging = await this.#untilQuiet();
    await this.#checkDelivery(fleet);
    const lastWriteMs = this.#lastWriteMs - startMs;
    const lastPlanMs = fleet.deliveries.lastMs - startMs;
    const samples = (await Promise.all(this.#operators.map((operator) => operator.readMetrics()))).flat();

    say(`resting for ${restSeconds} s`);
    await wait(restSeconds * 1000);
    const resting = countRequests(await this.#readAudit());
    const memory = await Promise.all(
      this.#operators.map(async (operator) => {
        const { nowMib, peakMib } = await operator.memory();
        return { peakMib, restMib: nowMib };
      }),
    );

    say('restarting the operator');
    const { restartMs, restarting } = await this.#restart(fleet);
    return {
      sites,
      cameras: sites * camerasPerSite,
      workloads: fleet.size,
      allReadyMs,
      lastPlanMs,
      lastWriteMs,
      reconcileP50Ms: inMs(quantileOf(samples, DURATION, 0.5)),
      reconcileP99Ms: inMs(quantileOf(samples, DURATION, 0.99)),
      reconciliations: sumOf(samples, `${DURATION}_count`),
      converging: countRequests(converging),
      memory,
      restSeconds,
      resting,
      restartMs,
      restarting,
    };
  }

  async close(): Promise<void> {
    this.#fleet?.close();
    await Promise.all(this.#operators.map((operator) => operator.stop()));
    this.#client.close();
  }

  async #install(): Promise<void> {
    const { root, folder, program, server, sites } = this.#options;
    const { namespace, serviceAccount } = await installManifests(this.#client, root);
    this.#operatorUser = `system:serviceaccount:${namespace}:${serviceAccount}`;
    for (const name of listNamespaces(sites))
      await this.#client.post('/api/v1/namespaces', { metadata: { name } });
    const { status } = await this.#client.post<{ status: { token: string } }>(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 86_400 } },
    );
    const { url, ca = '' } = server.access;
    for (let replica = 0; replica < REPLICAS; replica++) {
      const [feedPort = 0, httpPort = 0] = await findFreePorts(2);
      this.#operators.push(
        new OperatorProcess({
          program,
          nodeFlags: readNodeFlags(path.join(root, 'operator/Containerfile')),
          folder,
          namespace,
          access: { url, ca, token: status.token },
          podName: `cupola-operator-${replica}-${randomUUID().slice(0, 5)}`,
          feedPort,
          httpPort,
        }),
      );
    }
    for (const operator of this.#operators) operator.start();
    await this.#untilReady();
    say(`${REPLICAS} replicas of the operator are ready`);
  }

  async #startFleet(): Promise<Fleet> {
    const namespace = this.#operatorUser.split(':')[2];
    const fleet = new Fleet({
      client: this.#client,
      feeds: this.#operators.map((operator) => operator.feed),
      feedName: `cupola-feed.${namespace}.svc`,
      onError: (error) => {
        this.#error ??= error;
      },
    });
    this.#fleet = fleet;
    fleet.start();
    await this.#client.apply(`${API}/namespaces/${RELAY.namespace}/masterrelays/${RELAY.name}`, makeRelay());
    return fleet;
  }

  /** Sites that are Ready with every camera served, and since when. */
  #watchSites(): ReadonlyMap<string, number> {
    const ready = new Map<string, number>();
    this.#client
      .watch<SiteObject>(`${API}/sites`, ({ object: { metadata, status } }) => {
        const key = `${metadata.namespace}/${metadata.name}`;
        const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
        const isServed = status?.counts?.offline === 0 && status.observedGeneration === metadata.generation;
        if (!isReady || !isServed) ready.delete(key);
        else if (!ready.has(key)) ready.set(key, Date.now());
      })
      .catch((error) => {
        this.#error ??= error;
      });
    return ready;
  }

  async #createSites(): Promise<void> {
    const { sites, camerasPerSite } = this.#options;
    const indexes = Array.from({ length: sites }, (_, index) => index).values();
    const create = async () => {
      for (const index of indexes) {
        const site = makeSite(index, camerasPerSite);
        await this.#client.apply(
          `${API}/namespaces/${site.metadata.namespace}/sites/${site.metadata.name}`,
          site,
        );
      }
    };
    await Promise.all(Array.from({ length: CREATED_AT_ONCE }, create));
  }

  /** Every agent has been sent exactly what its plan Secret holds. */
  async #checkDelivery(fleet: Fleet): Promise<void> {
    const { items } = await this.#client.get<{ items: (KubeObject & { data?: Record<string, string> })[] }>(
      '/api/v1/secrets?labelSelector=cupola.dev/workload',
    );
    for (const { metadata, data } of items) {
      const workload = `${metadata.namespace}/${metadata.labels?.['cupola.dev/workload']}`;
      const plan = JSON.parse(Buffer.from(data?.['plan.json'] ?? '', 'base64').toString('utf8'));
      const delivered = fleet.revisions.get(workload);
      if (delivered !== plan.revision)
        throw new Error(`${workload} was sent revision ${delivered}, its Secret has ${plan.revision}`);
    }
    if (items.length !== fleet.size) throw new Error(`${items.length} plans for ${fleet.size} workloads`);
  }

  async #restart(fleet: Fleet) {
    await Promise.all(this.#operators.map((operator) => operator.stop()));
    await this.#readAudit();
    const startMs = Date.now();
    for (const operator of this.#operators) operator.start();
    await this.#untilReady();
    await this.#until(
      'all agents back on both feeds',
      async () => fleet.connections === fleet.size * REPLICAS,
      () => `${fleet.connections} of ${fleet.size * REPLICAS}`,
    );
    const backMs = Date.now();
    // Everything is looked at once more by a new leader: that must end without a write.
    const requests = await this.#untilQuiet();
    return {
      restartMs: Math.max(backMs, this.#lastWriteMs) - startMs,
      restarting: countRequests(requests),
    };
  }

  #untilReady(): Promise<void> {
    return this.#until('the operator ready', async () => {
      const answers = await Promise.all(this.#operators.map((operator) => operator.isReady()));
      return answers.every(Boolean);
    });
  }

  /** Resolves, with the operator's requests since the last reading, once it has written nothing for QUIET_MS. */
  async #untilQuiet(): Promise<AuditedRequest[]> {
    const requests: AuditedRequest[] = [];
    const sinceMs = Date.now();
    await this.#until('the operator at rest', async () => {
      requests.push(...(await this.#readAudit()));
      return Date.now() - Math.max(sinceMs, this.#lastWriteMs) > QUIET_MS;
    });
    return requests;
  }

  /** The operator's own requests since the last reading. */
  async #readAudit(): Promise<AuditedRequest[]> {
    const requests = (await this.#audit.readNew()).filter(({ user }) => user === this.#operatorUser);
    for (const request of requests) {
      if (purposeOf(request) === 'write') this.#lastWriteMs = Math.max(this.#lastWriteMs, request.atMs);
    }
    return requests;
  }

  async #until(
    what: string,
    check: () => Promise<boolean>,
    progress: () => string = () => '',
  ): Promise<void> {
    const deadlineMs = Date.now() + BUDGET_MS;
    let saidMs = Date.now();
    while (!(await check())) {
      if (this.#error !== undefined) throw this.#error;
      if (Date.now() > deadlineMs) throw new Error(`${what}: not within ${BUDGET_MS} ms; ${progress()}`);
      if (Date.now() - saidMs > 10_000) {
        saidMs = Date.now();
        say(`waiting for ${what} ${progress()}`);
      }
      await wait(POLL_MS);
    }
  }
}

function say(text: string): void {
  console.error(`[${(performance.now() / 1000).toFixed(1).padStart(6)}] ${text}`);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
