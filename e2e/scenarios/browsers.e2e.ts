/** A person outside the cluster opens the pages that the status names, in a browser. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BrowserViewer } from '../peers/browser.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { findCamera, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

let stage: Stage;
let site: LiveSite;
let browser: BrowserViewer;

beforeAll(async () => {
  stage = await Stage.open('e2e-browsers');
  site = await stage.applySite('web', [{ name: 'gate', push: {} }]);
  const camera = await stage.startPushing(site, 'gate');
  await camera.accepted(BUDGETS.accepted);
  await stage.read(site, 'gate');
  browser = await BrowserViewer.start(stage.outside.netns);
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

test.each(['hls', 'webrtc'])('the %s page plays in headless Chromium', async (protocol) => {
  const url = findCamera(site, 'gate')?.urls?.[protocol] ?? '';
  // The page that plays a playlist lies at the playlist's folder.
  const page = new URL(protocol === 'hls' ? '.' : '', url.endsWith('.m3u8') ? url : `${url}/`);
  const pictures = await browser.play(page.href, await stage.viewerLogin(), BUDGETS.browser);
  expect(pictures).toBeGreaterThanOrEqual(25);
});
