import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { CameraStatus } from '../../operator/src/api/site.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { say, step } from '../cluster/progress.ts';
import { toolPath } from '../cluster/tools.ts';
import { type CameraSettings, FRAMES_PER_SECOND, type VideoCodec } from '../peers/camera-settings.ts';
import { Reader } from '../peers/reader.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { install } from '../stage/installation.ts';
import { Kubectl } from '../stage/kubectl.ts';
import { findCamera, hasAddresses, isCondition, type LiveSite, untilSite } from '../stage/live-site.ts';
import { type Login, readLogin, readSecret } from '../stage/secrets.ts';
import {
  DEMO_SITES,
  type DemoCamera,
  type DemoSite,
  PULLED_SECRET,
  RELAY,
  RENDITION_FRAMES_PER_SECOND,
} from './demo-cameras.ts';
import { applyManifests, findViewersSecret } from './manifests.ts';
import { type DemoStream, formatReport } from './report.ts';
import { keepCameraRunning } from './running-cameras.ts';
import { scalePool } from './scale-pool.ts';

/** How long a viewer watches each stream as proof. */
const PROOF_SECONDS = 4;

/** Brings everything up, or back up; gives what is to be printed. */
export async function bringDemoUp(): Promise<string> {
  const cluster = await install();
  const kubectl = await Kubectl.open(cluster.kubeconfigPath);
  const appliedMs = performance.now();
  await applyManifests(kubectl, cluster.entryNode.address, cluster.plan.outside.address);
  const sites = await step('waiting for the sites to be Ready', () =>
    Promise.all(DEMO_SITES.map((site) => untilReady(kubectl, site, appliedMs))),
  );
  await step('starting the cameras', () => startCameras(cluster, kubectl, sites));
  const online = await step('waiting for the cameras to be online', () =>
    Promise.all(DEMO_SITES.map((site) => untilOnline(kubectl, site))),
  );
  const viewersSecret = await findViewersSecret(kubectl);
  const viewer = await readLogin(kubectl, RELAY.namespace, viewersSecret);
  const streams = await step('watching every stream from outside the cluster', () =>
    watchAll(cluster, online, viewer),
  );
  await step('giving the pool a worker more, and taking it back', () =>
    scalePool(kubectl, streams, { ...viewer, netns: `/run/netns/${cluster.outsideNetns}` }),
  );
  return formatReport(streams, viewersSecret);
}

export function demoFolder(cluster: Cluster): string {
  return path.join(path.dirname(cluster.kubeconfigPath), 'demo-cameras');
}

async function untilReady(kubectl: Kubectl, site: DemoSite, appliedMs: number): Promise<LiveSite> {
  const pushes = site.cameras.map(({ name, protocol }) => (protocol ? { name, push: {} } : { name }));
  const live = await untilSite(kubectl, site, 'Ready', BUDGETS.ready, (one) => {
    return isCondition(one, 'Ready') && pushes.every((camera) => hasAddresses(one, camera));
  });
  say(
    `site ${site.name}: Ready ${((performance.now() - appliedMs) / 1000).toFixed(1)} s after kubectl apply`,
  );
  return live;
}

async function untilOnline(kubectl: Kubectl, site: DemoSite): Promise<LiveSite> {
  return untilSite(kubectl, site, 'all streams online', BUDGETS.ready, ({ status }) => {
    const renditions = status?.cameras?.flatMap((camera) => camera.renditions ?? []) ?? [];
    const isServed = renditions.every(({ state, urls }) => state === 'Encoding' && urls !== undefined);
    return isServed && status?.counts?.offline === 0 && status.counts.degraded === 0;
  });
}

async function startCameras(cluster: Cluster, kubectl: Kubectl, sites: readonly LiveSite[]): Promise<void> {
  const mediamtx = await toolPath('mediamtx');
  const pulledLogin = await readLogin(kubectl, PULLED_SECRET.namespace, PULLED_SECRET.name);
  for (const [index, site] of DEMO_SITES.entries()) {
    const live = sites[index]!;
    const secret = live.status?.credentialsSecret;
    const passwords = secret === undefined ? {} : await readSecret(kubectl, site.namespace, secret);
    for (const camera of site.cameras) {
      const login = camera.offer
        ? pulledLogin
        : { user: camera.name, password: passwords[camera.name] ?? '' };
      const settings = describeCamera(camera, live, login, mediamtx);
      const folder = path.join(demoFolder(cluster), `${site.name}-${camera.name}`);
      await keepCameraRunning(settings, folder, `/run/netns/${cluster.outsideNetns}`);
    }
  }
}

function describeCamera(
  { name, video, audio, protocol, offer }: DemoCamera,
  site: LiveSite,
  login: Login,
  mediamtx: string,
): Omit<CameraSettings, 'reportFrames'> {
  const publish = protocol === undefined ? {} : (findCamera(site, name)?.publish ?? {});
  const pushes = Object.values(publish).map((urls) => ({ url: urls[protocol ?? ''] ?? '', ...login }));
  return {
    ...{ name: `${site.metadata.name} ${name}`, mediamtx, video, gop: 25, pushes },
    ...(audio && { audio }),
    ...(offer && { offer: { ...offer, ...login } }),
  };
}

/** One viewer a stream, all at once, each until it has seen enough. */
function watchAll(cluster: Cluster, sites: readonly LiveSite[], viewer: Login): Promise<DemoStream[]> {
  const netns = `/run/netns/${cluster.outsideNetns}`;
  const streams = DEMO_SITES.flatMap((site, index) => {
    return site.cameras.flatMap(({ name, video }) =>
      listStreams(site.name, findCamera(sites[index]!, name)!, video),
    );
  });
  return Promise.all(
    streams.map(async ({ framesPerSecond, ...stream }) => {
      const { urls, video } = stream;
      const reader = await Reader.open({ url: urls.rtsp ?? '', ...viewer, video, netns }, BUDGETS.picture);
      await reader.pictures(PROOF_SECONDS * framesPerSecond, BUDGETS.picture);
      await reader.close();
      return { ...stream, pictures: reader.received.v.length, kbps: reader.bitrateKbps(framesPerSecond) };
    }),
  );
}

/** The original, and what is made of it. */
function listStreams(site: string, camera: CameraStatus, video: VideoCodec) {
  const { name, state, urls = {}, renditions = [] } = camera;
  return [
    { name: `${site}/${name}`, state, urls, video, framesPerSecond: FRAMES_PER_SECOND },
    ...renditions.map((rendition) => ({
      name: `${site}/${name}/${rendition.name}`,
      state: rendition.state,
      urls: rendition.urls ?? {},
      video: 'H264' as const,
      framesPerSecond: RENDITION_FRAMES_PER_SECOND,
    })),
  ];
}
