import { setTimeout as delay } from 'node:timers/promises';
import { SIDES, type Side } from '../../../operator/src/api/labels.ts';
import type { PushTarget } from '../../peers/camera-settings.ts';
import type { Viewer } from '../../peers/rtsp-probe.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import type { Kubectl } from '../../stage/kubectl.ts';
import { findPod, untilPodReady } from '../fault-ground/pods.ts';
import { HAPROXY_PORTS } from './haproxy-config.ts';
import type { MediaSystem } from './media-system.ts';
import { listPairManifests, PAIR_PORTS, type PairPlan, pathOf } from './pair-manifests.ts';
import type { Push } from './pushes.ts';
import { type System, TIERS, type Tier } from './sample.ts';

interface Service {
  readonly spec: { readonly ports: readonly { readonly name: string; readonly nodePort: number }[] };
}

interface SessionList {
  readonly items: readonly { readonly id: string; readonly state: string }[];
}

const ASK_AGAIN_MS = 500;
/** A relay's path connects again 5 s after its source was lost. */
const KICK_AGAIN_MS = 7_000;
const ARM_BUDGET_MS = 60_000;

/** A MediaMTX pair behind a Service, or behind HAProxy. */
export class PairSystem implements MediaSystem {
  readonly name: System;
  readonly #plan: PairPlan;
  readonly #kubectl: Kubectl;
  readonly #host: string;
  /** By Service and port name. */
  readonly #nodePorts = new Map<string, number>();

  /** @param host the address by which everybody outside enters */
  constructor(name: System, plan: PairPlan, kubectl: Kubectl, host: string) {
    this.name = name;
    this.#plan = plan;
    this.#kubectl = kubectl;
    this.#host = host;
  }

  get namespace(): string {
    return this.#plan.namespace;
  }

  get pushes(): readonly Push[] {
    return this.#plan.pushes;
  }

  async apply(): Promise<void> {
    await this.#kubectl.apply(listPairManifests(this.#plan));
    for (const tier of TIERS) for (const side of SIDES) await this.#untilReady(this.podSelector(tier, side));
    if (this.#hasHaproxy) await this.#untilReady('app=haproxy');
    const services = TIERS.flatMap((tier) => [tier, ...SIDES.map((side) => `${tier}-${side}`)]);
    for (const name of this.#hasHaproxy ? [...services, 'haproxy'] : services) {
      const { spec } = await this.#kubectl.get<Service>(
        `/api/v1/namespaces/${this.namespace}/services/${name}`,
      );
      for (const port of spec.ports) this.#nodePorts.set(`${name} ${port.name}`, port.nodePort);
    }
  }

  targets(push: Push): Partial<Record<Side, PushTarget>> {
    if (push === 'pull') return {};
    const login = { user: 'camera', password: 'open' };
    const address = (side: Side, port: string) =>
      `${this.#host}:${this.#nodePorts.get(`factory-${side} ${port}`)}`;
    const url = (side: Side): string => {
      if (push === 'srt') return `srt://${address(side, 'srt')}?streamid=publish:${pathOf(push)}`;
      const scheme = push === 'rtsp' ? 'rtsp' : 'rtmp';
      return `${scheme}://${address(side, scheme)}/${pathOf(push)}`;
    };
    return { primary: { url: url('primary'), ...login }, backup: { url: url('backup'), ...login } };
  }

  viewer(push: Push): Viewer {
    const port = this.#nodePorts.get(this.#hasHaproxy ? 'haproxy viewers' : 'relay rtsp');
    return { url: `rtsp://${this.#host}:${port}/${pathOf(push)}`, user: 'viewer', password: 'open' };
  }

  podSelector(tier: Tier, side: Side): string {
    return `tier=${tier},side=${side}`;
  }

  async arm(): Promise<void> {
    if (this.#hasHaproxy) await this.#untilPrimariesUp();
    else for (const tier of TIERS) await this.#select(tier, { tier, side: 'primary' });
    await this.#untilPulledFromPrimary();
  }

  async release(): Promise<void> {
    if (this.#hasHaproxy) return;
    for (const tier of TIERS) await this.#select(tier, { tier, side: null });
  }

  async upgrade(tier: Tier): Promise<void> {
    for (const side of SIDES) {
      const name = `deployment/${tier}-${side}`;
      await this.#kubectl.run(['-n', this.namespace, 'rollout', 'restart', name]);
      const args = ['-n', this.namespace, 'rollout', 'status', name];
      await this.#kubectl.run(args, undefined, BUDGETS.ready);
    }
  }

  get #hasHaproxy(): boolean {
    return this.#plan.checks !== undefined;
  }

  async #untilReady(selector: string): Promise<void> {
    await untilPodReady(this.#kubectl, this.namespace, selector, BUDGETS.ready);
  }

  #select(service: string, selector: Record<string, string | null>): Promise<void> {
    return this.#kubectl.patch(this.namespace, `service/${service}`, { spec: { selector } });
  }

  async #untilPrimariesUp(): Promise<void> {
    const { metadata } = await findPod(this.#kubectl, this.namespace, 'app=haproxy');
    const page = this.#proxyPath(metadata.name, HAPROXY_PORTS.stats, 'stats;csv');
    await this.#until('HAProxy sees both primary sides', async () => {
      const lines = (await this.#kubectl.run(['get', '--raw', page])).split('\n');
      return TIERS.every((tier) =>
        lines.some((line) => line.startsWith(`${tier},primary,`) && /,UP,/.test(line)),
      );
    });
  }

  /** Ends what the relays pull from the backup factory until all of it comes from the primary one. */
  async #untilPulledFromPrimary(): Promise<void> {
    const { metadata } = await findPod(this.#kubectl, this.namespace, this.podSelector('factory', 'backup'));
    const backup = (path: string) =>
      this.#proxyPath(metadata.name, PAIR_PORTS.api, `v3/rtspsessions/${path}`);
    const primaryPod = await findPod(this.#kubectl, this.namespace, this.podSelector('factory', 'primary'));
    const primary = this.#proxyPath(primaryPod.metadata.name, PAIR_PORTS.api, 'v3/rtspsessions/list');
    let kickedMs = 0;
    await this.#until('the relays pull from the primary factory', async () => {
      const strays = await this.#listReaders(backup('list'));
      if (strays.length > 0 && Date.now() - kickedMs > KICK_AGAIN_MS) {
        kickedMs = Date.now();
        for (const id of strays)
          await this.#kubectl.run(['create', '--raw', backup(`kick/${id}`), '-f', '-'], '');
      }
      const pulled = strays.length === 0 ? (await this.#listReaders(primary)).length : 0;
      return pulled >= this.pushes.length * SIDES.length;
    });
  }

  async #listReaders(page: string): Promise<string[]> {
    const { items } = await this.#kubectl.get<SessionList>(`${page}?itemsPerPage=1000`);
    return items.filter(({ state }) => state === 'read').map(({ id }) => id);
  }

  #proxyPath(pod: string, port: number, page: string): string {
    return `/api/v1/namespaces/${this.namespace}/pods/${pod}:${port}/proxy/${page}`;
  }

  /** Asks again and again: nobody tells of these. A failed question counts as no. */
  async #until(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadlineMs = Date.now() + ARM_BUDGET_MS;
    for (;;) {
      const answer = await check().catch((error: Error) => error);
      if (answer === true) return;
      if (Date.now() > deadlineMs) throw new Error(`${this.name}: ${what}: not in time.`, { cause: answer });
      await delay(ASK_AGAIN_MS);
    }
  }
}
