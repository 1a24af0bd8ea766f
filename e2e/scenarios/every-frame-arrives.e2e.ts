/** Every picture and every sound that a camera sends arrives at a viewer of the relay, whatever it speaks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VideoCodec } from '../peers/camera-settings.ts';
import { isWhole } from '../peers/frames.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { LiveSite } from '../stage/live-site.ts';
import { basicAuthManifest, type CameraManifest } from '../stage/manifests.ts';
import { type CameraMake, Stage } from '../stage/stage.ts';

const PUSHING: readonly (CameraMake & { name: string; sides?: 'Active' })[] = [
  { name: 'rtmp-aac', protocol: 'rtmp', audio: 'AAC' },
  { name: 'rtmp-silent', protocol: 'rtmp', sides: 'Active' },
  { name: 'rtsp-aac', protocol: 'rtsp', audio: 'AAC' },
  { name: 'rtsp-g711', protocol: 'rtsp', audio: 'PCMA', sides: 'Active' },
  { name: 'rtsp-h265', protocol: 'rtsp', video: 'H265', audio: 'Opus' },
  { name: 'rtsp-silent', protocol: 'rtsp' },
  { name: 'srt-opus', protocol: 'srt', audio: 'Opus' },
  { name: 'srt-h265', protocol: 'srt', video: 'H265', audio: 'AAC' },
];

const PULLED = [
  { name: 'pull-basic', port: 9_554, method: 'basic', audio: 'AAC' },
  { name: 'pull-digest', port: 9_555, method: 'digest', video: 'H265', sides: 'Active' },
] as const;

let stage: Stage;
let site: LiveSite;

beforeAll(async () => {
  stage = await Stage.open('e2e-every-frame');
  await stage.kubectl.apply([basicAuthManifest(stage.namespace, 'pulled', 'factory', 'pulling-password')]);
  site = await stage.applySite('all', [...PUSHING.map(pushManifest), ...PULLED.map(pullManifest)]);
});

afterAll(async () => {
  await stage?.close();
});

test.concurrent.each(PUSHING)('$name: every frame that a pushing camera sends', async (make) => {
  const camera = await stage.startPushing(site, make.name, make);
  await camera.accepted(BUDGETS.accepted);
  await expectWhole(camera, make.name, make.video, make.audio !== undefined);
});

test.concurrent.each(PULLED)('$name: every frame of a camera that is pulled', async ({ name, ...make }) => {
  const offer = { port: make.port, user: 'factory', password: 'pulling-password', method: make.method };
  const camera = await stage.startPulled(name, offer, make);
  await expectWhole(camera, name, 'video' in make ? make.video : 'H264', 'audio' in make);
});

async function expectWhole(
  camera: Awaited<ReturnType<Stage['startPushing']>>,
  name: string,
  video: VideoCodec = 'H264',
  hasAudio = false,
): Promise<void> {
  const reader = await stage.read(site, name, video);
  await reader.pictures(75, BUDGETS.picture);
  const compared = await reader.compare(camera);
  expect(compared.v).toMatchObject({ missing: 0, foreign: 0, outOfOrder: 0 });
  expect(compared.v.first % 25, 'the first picture is a key frame').toBe(0);
  expect(isWhole(compared.a), JSON.stringify(compared.a)).toBe(hasAudio);
}

function pushManifest({ name, sides }: { name: string; sides?: 'Active' }): CameraManifest {
  return { name, push: sides === undefined ? {} : { sides } };
}

function pullManifest({ name, port, ...rest }: (typeof PULLED)[number]): CameraManifest {
  const url = `rtsp://${stage.outside.address}:${port}/camera`;
  const sides = 'sides' in rest ? { sides: rest.sides } : {};
  return { name, pull: { url, ...sides, credentialsSecretRef: { name: 'pulled' } } };
}
