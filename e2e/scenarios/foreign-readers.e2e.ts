/**
 * FFmpeg and GStreamer on RTSP, hls.js and WHEP in Chromium watch while each side of a factory dies or hangs in turn:
 * every picture that they decode is one that the camera sent, and none of them has to connect again.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BrowserViewer } from '../peers/browser.ts';
import { compareDecoded, type DecodedComparison, describeRuns } from '../peers/decoded-pictures.ts';
import type { PicturePage, WebPlayer } from '../peers/picture-page.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { findCamera, type LiveSite } from '../stage/live-site.ts';
import { type CameraMake, Stage } from '../stage/stage.ts';

/** A camera that pushes the same encoding twice, and one that encodes for each push apart. */
const CAMERAS = [
  { name: 'twice', make: { protocol: 'rtmp', numbered: { encoders: 1 } } },
  { name: 'apart', make: { protocol: 'rtsp', numbered: { encoders: 2 } } },
] as const;

const DECODERS = ['FFmpeg decoding', 'GStreamer decoding'] as const;
const PLAYERS = ['hls.js', 'WHEP'] as const;

interface Watched {
  readonly camera: SimulatedCamera;
  readonly readers: ReadonlyMap<string, Reader>;
  readonly pages: ReadonlyMap<string, PicturePage>;
}

interface ReaderComparison extends DecodedComparison, Pick<Reader, 'longestGapMs' | 'endedBy'> {
  /** For the message when something is wrong. */
  readonly runs: string;
}

let stage: Stage;
let site: LiveSite;
let browser: BrowserViewer;
let watched: readonly Watched[] = [];

beforeAll(async () => {
  stage = await Stage.open('e2e-foreign');
  site = await stage.applySite(
    'quay',
    CAMERAS.map(({ name }) => ({ name, push: {} })),
  );
  browser = await BrowserViewer.start(stage.outside.netns);
  watched = await Promise.all(CAMERAS.map(({ name, make }) => watchCamera(name, make)));
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

/** A fault is only then covered when both sides carry every camera. */
beforeEach(async () => {
  const names = CAMERAS.map(({ name }) => name);
  await stage.untilRedundant('quay', names);
}, 2 * BUDGETS.healed);

// In this order each fault but perhaps the first hits the side whose pictures are shown.
test.each([
  { fault: 'is killed', side: 'primary' },
  { fault: 'freezes', side: 'backup' },
  { fault: 'freezes', side: 'primary' },
  { fault: 'is killed', side: 'backup' },
] as const)('the MediaMTX of the $side side $fault', async ({ fault, side }) => {
  const container = 'mediamtx';
  const pod = await stage.podOf(`quay-factory-0-${side}`);
  const name = { namespace: stage.namespace, pod, container };
  for (const viewer of viewers()) viewer.longestGapMs = 0;
  if (fault === 'is killed') {
    await stage.cluster.kill(name);
  } else {
    await stage.cluster.freeze(name);
    await showMore(100).finally(() => stage.cluster.thaw(name));
  }
  await showMore(75);
  for (const { camera, readers, pages } of watched) {
    for (const [kind, compared] of await compareAll(camera, readers)) expectExact(camera, kind, compared);
    for (const [player, page] of pages) expectGood(camera, player, page);
  }
});

test('pictures of both encoders were shown', async () => {
  const { camera, readers } = watched.find(({ camera }) => camera.settings.numbered?.encoders === 2)!;
  for (const [kind, { switches }] of await compareAll(camera, readers)) {
    expect(switches, kind).toBeGreaterThanOrEqual(3);
  }
});

test('WebRTC viewers are put out when their password is changed', async () => {
  const password = Buffer.from('changed-by-a-person').toString('base64');
  const secret = `secret/${await stage.viewersSecret()}`;
  await stage.kubectl.patch(stage.namespace, secret, { data: { password } });
  for (const { pages } of watched) await pages.get('WHEP')?.ended(BUDGETS.accepted);
});

/** Decodes what the camera has encoded so far, once for all of its readers. */
async function compareAll(
  camera: SimulatedCamera,
  readers: ReadonlyMap<string, Reader>,
): Promise<Map<string, ReaderComparison>> {
  const received = new Map([...readers].map(([kind, reader]) => [kind, [...reader.received.v]]));
  const encodings = await camera.decodeEncodings();
  const compare = ([kind, { longestGapMs, endedBy }]: [string, Reader]): [string, ReaderComparison] => {
    const hashes = received.get(kind) ?? [];
    const compared = compareDecoded(encodings, camera.settings.gop, hashes);
    return [kind, { ...compared, runs: describeRuns(encodings, hashes), longestGapMs, endedBy }];
  };
  return new Map([...readers].map(compare));
}

/**
 * The decoded pictures are the camera's to the bit; of one encoding none is missing. Of two, pictures may be missing
 * where a second fault follows the first before the next key frame.
 */
function expectExact(camera: SimulatedCamera, kind: string, comparison: ReaderComparison): void {
  const { longestGapMs, runs, ...compared } = comparison;
  const what = `${camera.settings.name}, ${kind}`;
  console.log(`${what}: longest gap ${Math.round(longestGapMs)} ms, ${JSON.stringify(compared)}`);
  const isOneEncoding = camera.settings.numbered?.encoders === 1;
  expect(compared, `${what}: ${runs}`).toEqual({
    ...{ foreign: 0, outOfOrder: 0, switchesInsideGop: 0, endedBy: undefined },
    received: compared.received,
    missing: isOneEncoding ? 0 : compared.missing,
    switches: isOneEncoding ? 0 : compared.switches,
  });
  expect(compared.received, what).toBeGreaterThan(75);
}

function expectGood(camera: SimulatedCamera, player: string, page: PicturePage): void {
  const { shown, corrupt, complaints, longestGapMs, endedBy } = page;
  const what = `${camera.settings.name}, ${player}`;
  const told = [...Map.groupBy(complaints, String)].map(
    ([complaint, { length }]) => `${length} ${complaint}`,
  );
  const gap = `longest gap ${Math.round(longestGapMs)} ms`;
  console.log(`${what}: ${gap}, ${shown} pictures, ${told.join(', ') || 'no complaint'}`);
  expect({ corrupt, endedBy }, what).toEqual({ corrupt: [], endedBy: undefined });
}

function viewers(): (Reader | PicturePage)[] {
  return watched.flatMap(({ readers, pages }) => [...readers.values(), ...pages.values()]);
}

/** Waits until each viewer has shown so many pictures more. */
async function showMore(pictures: number): Promise<void> {
  await Promise.all(viewers().map((viewer) => viewer.pictures(pictures, BUDGETS.picture)));
}

/** Starts the camera; resolves when all kinds of readers and players show its pictures. */
async function watchCamera(name: string, make: CameraMake): Promise<Watched> {
  const camera = await stage.startPushing(site, name, make);
  await camera.accepted(BUDGETS.accepted);
  const [readers, pages] = await Promise.all([
    Promise.all(DECODERS.map(async (kind) => [kind, await stage.read(site, name, 'H264', kind)] as const)),
    Promise.all(PLAYERS.map(async (player) => [player, await watch(name, player)] as const)),
  ]);
  return { camera, readers: new Map(readers), pages: new Map(pages) };
}

async function watch(camera: string, player: WebPlayer): Promise<PicturePage> {
  const { hls = '', webrtc = '' } = findCamera(site, camera)?.urls ?? {};
  const url = player === 'hls.js' ? hls : `${webrtc}/whep`;
  return browser.watch(player, { url, ...(await stage.viewerLogin()) }, BUDGETS.browser);
}
