import { LABELS, SIDES, type Side } from '../../../operator/src/api/labels.ts';
import type { SiteStatus } from '../../../operator/src/api/site.ts';
import type { PushTarget } from '../../peers/camera-settings.ts';
import type { Viewer } from '../../peers/rtsp-probe.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import type { Kubectl } from '../../stage/kubectl.ts';
import { findCamera, hasAddresses, type LiveSite, untilSite } from '../../stage/live-site.ts';
import {
  basicAuthManifest,
  type CameraManifest,
  relayManifest,
  siteManifest,
} from '../../stage/manifests.ts';
import { type Login, readLogin, readSecret } from '../../stage/secrets.ts';
import { switchSide } from '../fault-ground/active-side.ts';
import { untilPodReady } from '../fault-ground/pods.ts';
import type { MediaSystem } from './media-system.ts';
import { PUSHES, type Push } from './pushes.ts';
import { TIERS, type Tier } from './sample.ts';

const SITE = 'bench';
const SERVICES: Readonly<Record<Tier, string>> = { factory: `${SITE}-factory-0`, relay: 'relay-relay-0' };
const PULLED_SECRET = 'pulled';

export interface CupolaPlan {
  readonly namespace: string;
  /** The address by which everybody outside enters. */
  readonly host: string;
  readonly pulledUrl: string;
  readonly pulledLogin: Login;
}

/** One Site with a factory of its own, and one MasterRelay. */
export class CupolaSystem implements MediaSystem {
  readonly name = 'cupola';
  readonly pushes = PUSHES;
  readonly #plan: CupolaPlan;
  readonly #kubectl: Kubectl;
  #status: SiteStatus = {};
  #passwords: Readonly<Record<string, string>> = {};
  #viewer: Login = { user: '', password: '' };
  #upgrades = 0;

  constructor(plan: CupolaPlan, kubectl: Kubectl) {
    this.#plan = plan;
    this.#kubectl = kubectl;
  }

  get namespace(): string {
    return this.#plan.namespace;
  }

  async apply(): Promise<void> {
    const { namespace, host, pulledLogin } = this.#plan;
    const cameras = this.pushes.map((push) => this.#cameraManifest(push));
    await this.#kubectl.apply([
      basicAuthManifest(namespace, PULLED_SECRET, pulledLogin.user, pulledLogin.password),
      relayManifest(namespace, host),
      siteManifest(namespace, SITE, host, cameras),
    ]);
    const site = await untilSite(
      this.#kubectl,
      { namespace, name: SITE },
      'the addresses',
      BUDGETS.addresses,
      (live) => cameras.every((camera) => hasAddresses(live, camera)),
    );
    this.#status = site.status ?? {};
    this.#passwords = await readSecret(this.#kubectl, namespace, this.#status.credentialsSecret ?? '');
    const relay = await this.#kubectl.get<{ status: { viewersSecret: string } }>(
      `/apis/cupola.dev/v1alpha1/namespaces/${namespace}/masterrelays/relay`,
    );
    this.#viewer = await readLogin(this.#kubectl, namespace, relay.status.viewersSecret);
    await this.untilPodsReady();
  }

  async untilPodsReady(): Promise<void> {
    for (const tier of TIERS) {
      for (const side of SIDES) {
        await untilPodReady(this.#kubectl, this.namespace, this.podSelector(tier, side), BUDGETS.ready);
      }
    }
  }

  targets(push: Push): Partial<Record<Side | 'active', PushTarget>> {
    const publish = findCamera({ status: this.#status } as LiveSite, push)?.publish ?? {};
    // RTSP where it counts when a server has accepted the camera: only RTSP's servers say so.
    const protocol =
      push === 'slow' || push === 'once' ? 'rtsp' : push === 'rtsp' || push === 'srt' ? push : 'rtmp';
    const login = { user: push, password: this.#passwords[push] ?? '' };
    return Object.fromEntries(
      Object.entries(publish).map(([side, urls]) => [side, { url: urls[protocol] ?? '', ...login }]),
    );
  }

  viewer(push: Push): Viewer {
    const url = findCamera({ status: this.#status } as LiveSite, push)?.urls?.rtsp ?? '';
    return { url, ...this.#viewer };
  }

  podSelector(tier: Tier, side: Side): string {
    return `${LABELS.workload}=${SERVICES[tier]}-${side}`;
  }

  /** Every camera is as redundant as it can be, and the primary sides are in charge. */
  async arm(): Promise<void> {
    const whole = (live: LiveSite) =>
      this.pushes.every((push) => {
        const state = findCamera(live, push)?.state;
        return state === 'Redundant' || (push === 'once' && state === 'Online');
      });
    const name = { namespace: this.namespace, name: SITE };
    await untilSite(this.#kubectl, name, 'redundant cameras', BUDGETS.healed, whole);
    for (const tier of TIERS) await this.switchTo(tier, 'primary');
  }

  async release(): Promise<void> {}

  /** A setting of the tier that changes its pods' template. */
  async upgrade(tier: Tier): Promise<void> {
    this.#upgrades += 1;
    const resources = { mediamtx: { requests: { cpu: `${10 + (this.#upgrades % 2)}m` } } };
    const spec = tier === 'factory' ? { factory: { resources } } : { resources };
    const object = tier === 'factory' ? `sites.cupola.dev/${SITE}` : 'masterrelays.cupola.dev/relay';
    const before = await this.#podNames(tier);
    await this.#kubectl.patch(this.namespace, object, { spec });
    for (const side of SIDES) {
      await untilPodReady(
        this.#kubectl,
        this.namespace,
        this.podSelector(tier, side),
        BUDGETS.ready * 3,
        ({ metadata }) => !before.has(metadata.name),
      );
    }
  }

  async switchTo(tier: Tier, side: Side): Promise<void> {
    const object =
      tier === 'factory' ? `camerafactories.cupola.dev/${SITE}` : 'masterrelays.cupola.dev/relay';
    await switchSide(this.#kubectl, { namespace: this.namespace, object, service: SERVICES[tier] }, side);
  }

  async #podNames(tier: Tier): Promise<ReadonlySet<string>> {
    const pods = SIDES.map((side) =>
      untilPodReady(this.#kubectl, this.namespace, this.podSelector(tier, side), BUDGETS.ready),
    );
    return new Set((await Promise.all(pods)).map(({ metadata }) => metadata.name));
  }

  #cameraManifest(push: Push): CameraManifest {
    const credentialsSecretRef = { name: PULLED_SECRET };
    if (push === 'pull') return { name: push, pull: { url: this.#plan.pulledUrl, credentialsSecretRef } };
    return { name: push, push: push === 'once' ? { sides: 'Active' } : {} };
  }
}
