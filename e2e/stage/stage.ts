import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Cluster } from '../cluster/cluster.ts';
import { toolPath } from '../cluster/tools.ts';
import type { AudioCodec, CameraSettings, Offer, PushTarget, VideoCodec } from '../peers/camera-settings.ts';
import { NumberedReader } from '../peers/numbered-reader.ts';
import { Reader } from '../peers/reader.ts';
import type { ReaderKind } from '../peers/reader-programs.ts';
import { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from './budgets.ts';
import { Kubectl, type KubeObject } from './kubectl.ts';
import {
  findCamera,
  findRendition,
  hasAddresses,
  isCondition,
  type LiveSite,
  untilSite,
} from './live-site.ts';
import { type CameraManifest, type RenditionsManifest, relayManifest, siteManifest } from './manifests.ts';
import { type Login, readLogin, readSecret } from './secrets.ts';

/** What a simulated camera is beside its manifest. */
export interface CameraMake {
  readonly protocol?: 'rtsp' | 'rtmp' | 'srt';
  readonly video?: VideoCodec;
  readonly audio?: AudioCodec;
  readonly numbered?: CameraSettings['numbered'];
  /** Pictures from one key frame to the next; a second's where left out. */
  readonly gop?: number;
  /** What it shows instead of the password in its Secret. */
  readonly password?: string;
}

/** One scenario's ground: a namespace of its own on the running cluster, and cameras and readers outside it. */
export class Stage {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly #folder: string;
  readonly #mediamtx: string;
  readonly #cameras: SimulatedCamera[] = [];
  readonly #readers: (Reader | NumberedReader)[] = [];

  private constructor(
    cluster: Cluster,
    kubectl: Kubectl,
    namespace: string,
    folder: string,
    mediamtx: string,
  ) {
    this.cluster = cluster;
    this.kubectl = kubectl;
    this.namespace = namespace;
    this.#folder = folder;
    this.#mediamtx = mediamtx;
  }

  /** Makes the namespace; what an interrupted run left in it goes first. */
  static async open(namespace: string): Promise<Stage> {
    const cluster = await Cluster.open();
    const kubectl = await Kubectl.open(cluster.kubeconfigPath);
    const timeoutMs = BUDGETS.gone;
    await kubectl.run(['delete', 'namespace', namespace, '--ignore-not-found'], undefined, timeoutMs);
    await kubectl.run(['create', 'namespace', namespace]);
    const folder = await mkdtemp(path.join(tmpdir(), `cupola-${namespace}-`));
    return new Stage(cluster, kubectl, namespace, folder, await toolPath('mediamtx'));
  }

  /**
   * Resolves when nothing is left of earlier scenarios. For those to whom it matters which node what is on: pods that are
   * still ending take room, and both sides of a tier would go where there is some.
   */
  async untilAlone(): Promise<void> {
    type Namespace = KubeObject & { status?: { phase?: string } };
    await this.kubectl.until<Namespace, boolean>(
      'earlier scenarios gone',
      '/api/v1/namespaces',
      (namespaces) => namespaces.every(({ status }) => status?.phase !== 'Terminating'),
      BUDGETS.gone,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
    await Promise.all(this.#cameras.map((camera) => camera.stop()));
    await rm(this.#folder, { recursive: true });
    await this.kubectl.run(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found']);
  }

  /** The address by which everybody outside enters. */
  get host(): string {
    return this.cluster.entryNode.address;
  }

  /** The namespace of cameras and viewers, and their address on the node network. */
  get outside(): { netns: string; address: string } {
    return { netns: `/run/netns/${this.cluster.outsideNetns}`, address: this.cluster.plan.outside.address };
  }

  /** Applies the relay and a Site with these cameras; resolves when their addresses are in the status. */
  async applySite(
    name: string,
    cameras: readonly CameraManifest[],
    renditions?: RenditionsManifest,
  ): Promise<LiveSite> {
    const relay = relayManifest(this.namespace, this.host);
    await this.kubectl.apply([relay, siteManifest(this.namespace, name, this.host, cameras, renditions)]);
    return this.untilSite(name, 'the addresses', BUDGETS.addresses + BUDGETS.ready, (site) => {
      return isCondition(site, 'Ready') && cameras.every((camera) => hasAddresses(site, camera));
    });
  }

  /** Watches a Site of this namespace until the check is true. */
  untilSite(
    name: string,
    what: string,
    budgetMs: number,
    check: (site: LiveSite) => boolean,
  ): Promise<LiveSite> {
    return untilSite(this.kubectl, { namespace: this.namespace, name }, what, budgetMs, check);
  }

  /** Both sides of the factory carry these cameras, and viewers are served: what one leg lacks from here on the other has. */
  async untilRedundant(name: string, cameras: readonly string[]): Promise<void> {
    await this.untilSite(name, `${cameras.join(', ')} redundant`, BUDGETS.healed, (site) =>
      cameras.every((camera) => findCamera(site, camera)?.state === 'Redundant'),
    );
  }

  /** Starts a camera as the Site describes it: where to push is read from its status, the login from its Secret. */
  async startPushing(site: LiveSite, camera: string, make: CameraMake = {}): Promise<SimulatedCamera> {
    const login = await this.#cameraLogin(site, camera, make.password);
    const protocol = make.protocol ?? 'rtsp';
    const publish = findCamera(site, camera)?.publish ?? {};
    const pushes = Object.values(publish).map((urls) => ({ url: urls[protocol] ?? '', ...login }));
    return this.#startCamera(`${site.metadata.name}-${camera}`, make, pushes);
  }

  /** Starts a camera that waits to be pulled; its address is `rtsp://<outside address>:<port>/camera`. */
  startPulled(camera: string, offer: Offer, make: CameraMake = {}): Promise<SimulatedCamera> {
    return this.#startCamera(camera, make, [], offer);
  }

  /** A reader outside the cluster, with the relay's generated viewer, on its first picture. */
  async read(
    site: LiveSite,
    camera: string,
    video: VideoCodec = 'H264',
    kind: ReaderKind = 'FFmpeg',
  ): Promise<Reader> {
    return this.#openReader(findCamera(site, camera)?.urls?.rtsp, video, kind);
  }

  /** The same for a rendition of the camera. */
  readRendition(
    site: LiveSite,
    camera: string,
    rendition: string,
    kind: ReaderKind = 'FFmpeg',
  ): Promise<Reader> {
    return this.#openReader(findRendition(site, camera, rendition)?.urls?.rtsp, 'H264', kind);
  }

  /** A reader of a rendition, whose camera is one of numbered pictures: it looks at each picture. */
  async watchRendition(site: LiveSite, camera: string, rendition: string): Promise<NumberedReader> {
    const url = findRendition(site, camera, rendition)?.urls?.rtsp ?? '';
    const viewer = { url, ...(await this.viewerLogin()), netns: this.outside.netns };
    const reader = await NumberedReader.open(viewer, BUDGETS.picture);
    this.#readers.push(reader);
    return reader;
  }

  async #openReader(url = '', video: VideoCodec, kind: ReaderKind): Promise<Reader> {
    const options = { url, ...(await this.viewerLogin()), video, kind, netns: this.outside.netns };
    const reader = await Reader.open(options, BUDGETS.picture);
    this.#readers.push(reader);
    return reader;
  }

  /** The name of the one pod of a media workload, such as `<site>-factory-0-primary`; one that is going does not count. */
  async podOf(workload: string): Promise<string> {
    const selector = encodeURIComponent(`cupola.dev/workload=${workload}`);
    const pods = `/api/v1/namespaces/${this.namespace}/pods?labelSelector=${selector}`;
    const { items } = await this.kubectl.get<{ items: KubeObject[] }>(pods);
    const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const [pod, ...others] = staying;
    if (pod === undefined || others.length > 0)
      throw new Error(`${staying.length} pods of ${workload}, not one`);
    return pod.metadata.name;
  }

  /** The generated viewer of the relay, whose Secret {@link viewersSecret} names. */
  async viewerLogin(): Promise<Login> {
    return readLogin(this.kubectl, this.namespace, await this.viewersSecret());
  }

  async viewersSecret(): Promise<string> {
    const relay = await this.kubectl.get<{ status: { viewersSecret: string } }>(
      `/apis/cupola.dev/v1alpha1/namespaces/${this.namespace}/masterrelays/relay`,
    );
    return relay.status.viewersSecret;
  }

  async #cameraLogin(site: LiveSite, camera: string, password?: string): Promise<Login> {
    if (password !== undefined) return { user: camera, password };
    const secret = site.status?.credentialsSecret ?? '';
    const passwords = await readSecret(this.kubectl, this.namespace, secret);
    return { user: camera, password: passwords[camera] ?? '' };
  }

  async #startCamera(name: string, make: CameraMake, pushes: PushTarget[], offer?: Offer) {
    const { video = 'H264', audio, numbered, gop = 25 } = make;
    const settings = {
      ...{ name, mediamtx: this.#mediamtx, video, gop, pushes },
      ...(audio && { audio }),
      ...(numbered && { numbered }),
      ...(offer && { offer }),
    };
    const folder = path.join(this.#folder, name);
    const camera = await SimulatedCamera.start(settings, folder, this.outside.netns);
    this.#cameras.push(camera);
    return camera;
  }
}
