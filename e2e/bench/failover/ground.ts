import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SIDES, type Side } from '../../../operator/src/api/labels.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Viewer } from '../../peers/rtsp-probe.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import type { Kubectl } from '../../stage/kubectl.ts';
import { Operators } from '../fault-ground/operators.ts';
import { Placement } from '../fault-ground/placement.ts';
import { findPod } from '../fault-ground/pods.ts';
import type { BenchSite } from '../fault-ground/site.ts';
import { Cameras } from './cameras.ts';
import { CupolaSystem } from './cupola-system.ts';
import type { HaproxyChecks } from './haproxy-config.ts';
import type { MediaSystem } from './media-system.ts';

import { PairSystem } from './pair-system.ts';

import { PAIR_PUSHES, PULLED_PORT } from './pushes.ts';
import { SYSTEMS, type System, TIERS, type Tier } from './sample.ts';

const NAMESPACE_PREFIX = 'bench-';
const PULLED_LOGIN = { user: 'factory', password: 'pulling-password' };
/** A Service that nobody uses: its change makes kube-proxy write its rules. */
const TICKER = 'ticker';

const CHECKS: Readonly<Partial<Record<System, HaproxyChecks>>> = {
  haproxy: { inter: '5s', fall: 3, endsSessions: false },
  'haproxy-tuned': { inter: '500ms', fall: 2, endsSessions: true },
};

/**
 * The cluster with the systems that are tried at the same time, each with a namespace of its own. The active factories are on one
 * node and the active relays on the other, so that the loss of a node strikes one tier's active side of every system.
 *
 *     media-1   factory primary   relay backup    operator
 *     media-2   factory backup    relay primary   operator
 *     edge      HAProxy; cameras and viewers enter here
 */
export class Ground {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;
  readonly systems: readonly MediaSystem[];
  readonly cameras: Cameras;
  readonly placement: Placement;
  readonly operators: Operators;
  readonly folder: string;
  readonly #homes: Readonly<Record<Tier, Readonly<Record<Side, string>>>>;
  #changes = 0;

  constructor({ cluster, kubectl, mediamtx }: BenchSite, wanted: readonly System[]) {
    this.cluster = cluster;
    this.kubectl = kubectl;
    this.folder = mkdtempSync(path.join(tmpdir(), 'cupola-failover-'));
    const nodes = cluster.plan.nodes.filter(({ role }) => role === 'media').map(({ name }) => name);
    const [one = '', two = ''] = nodes;
    this.#homes = { factory: { primary: one, backup: two }, relay: { primary: two, backup: one } };
    this.placement = new Placement(kubectl, nodes);
    this.operators = new Operators(cluster, kubectl, this.placement, nodes);
    this.systems = SYSTEMS.filter((name) => wanted.includes(name)).map((name) => this.#makeSystem(name));
    const netns = this.netns;
    this.cameras = new Cameras(this.systems, {
      ...{ mediamtx, folder: this.folder, netns },
      offer: { ...PULLED_LOGIN, method: 'basic' },
    });
  }

  get netns(): string {
    return `/run/netns/${this.cluster.outsideNetns}`;
  }

  /** The pulled camera's own server, which no fault touches. */
  get controlViewer(): Viewer {
    return { url: `rtsp://127.0.0.1:${PULLED_PORT}/camera`, ...PULLED_LOGIN };
  }

  /** Makes everything; what an interrupted run left goes first. */
  async build(): Promise<void> {
    await this.#removeNamespaces();
    for (const { namespace } of this.systems) {
      await this.kubectl.run(['create', 'namespace', namespace]);
    }
    await this.placement.uncordonAll();
    await this.#applyTicker();
    for (const system of this.systems) await system.apply();
    await this.goHome();
    await this.cameras.start();
    await this.cameras.allAccepted(BUDGETS.accepted);
  }

  async close(): Promise<void> {
    await this.cameras.close();
    await rm(this.folder, { recursive: true, force: true });
    await this.#removeNamespaces();
  }

  /** Every pod on its node and ready, both operators there, every push accepted. */
  async goHome(): Promise<void> {
    await this.placement.uncordonAll();
    await this.operators.restore();
    for (const { namespace, ...system } of this.#pods()) {
      await this.placement.keepAt(namespace, system.selector, system.node);
    }
  }

  /** The primary sides of both tiers of every system serve. */
  async arm(): Promise<void> {
    await this.cameras.allAccepted(BUDGETS.healed);
    await Promise.all(this.systems.map((system) => system.arm()));
    await this.cameras.reconnectOnce();
  }

  async release(): Promise<void> {
    await Promise.all(this.systems.map((system) => system.release()));
  }

  activeNode(tier: Tier): string {
    return this.#homes[tier].primary;
  }

  otherNode(tier: Tier): string {
    return this.#homes[tier].backup;
  }

  /** The process ids of the media servers of the active sides. */
  async activeServers(tier: Tier): Promise<number[]> {
    const pids = this.systems.map(async (system) => {
      const pod = await findPod(this.kubectl, system.namespace, system.podSelector(tier, 'primary'));
      const { name, namespace = '' } = pod.metadata;
      return this.cluster.processesOf({ namespace, pod: name, container: 'mediamtx' });
    });
    return (await Promise.all(pids)).flat();
  }

  /** Makes kube-proxy write its rules, as any change of an endpoint in the cluster does. */
  async changeEndpoint(): Promise<void> {
    this.#changes += 1;
    await this.#applyTicker();
  }

  async #applyTicker(): Promise<void> {
    const spec = { selector: { app: TICKER }, ports: [{ port: 1 + (this.#changes % 2) }] };
    const metadata = { name: TICKER, namespace: this.systems[0]?.namespace };
    await this.kubectl.apply([{ apiVersion: 'v1', kind: 'Service', metadata, spec }]);
  }

  async #removeNamespaces(): Promise<void> {
    const names = SYSTEMS.map((name) => `${NAMESPACE_PREFIX}${name}`);
    const args = ['delete', 'namespace', ...names, '--ignore-not-found'];
    await this.kubectl.run(args, undefined, BUDGETS.gone * 2);
  }

  #pods() {
    return this.systems.flatMap((system) =>
      TIERS.flatMap((tier) =>
        SIDES.map((side) => ({
          namespace: system.namespace,
          selector: system.podSelector(tier, side),
          node: this.#homes[tier][side],
        })),
      ),
    );
  }

  #makeSystem(name: System): MediaSystem {
    const { entryNode, plan } = this.cluster;
    const namespace = `${NAMESPACE_PREFIX}${name}`;
    const host = entryNode.address;
    const address = `${plan.outside.address}:${PULLED_PORT}/camera`;
    if (name === 'cupola') {
      const pulled = { pulledUrl: `rtsp://${address}`, pulledLogin: PULLED_LOGIN };
      return new CupolaSystem({ namespace, host, ...pulled }, this.kubectl);
    }
    const checks = CHECKS[name];
    const pairPlan = {
      namespace,
      pushes: PAIR_PUSHES,
      homes: this.#homes,
      pulledUrl: `rtsp://${PULLED_LOGIN.user}:${PULLED_LOGIN.password}@${address}`,
      edgeNode: entryNode.name,
      ...(checks && { checks }),
    };
    return new PairSystem(name, pairPlan, this.kubectl, host);
  }
}
