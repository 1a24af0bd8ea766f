import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { PicturePage, type WebPlayer } from './picture-page.ts';
import type { Viewer } from './rtsp-probe.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Without them Chromium calls home all the time, which a closed network refuses many times a second. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
  '--autoplay-policy=no-user-gesture-required',
];

/** A person outside the cluster with a web browser. */
export class BrowserViewer {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  /** Starts headless Chromium in a network namespace, or in that of this process where none is named. */
  static async start(netns: string | undefined): Promise<BrowserViewer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'cupola-browser-'));
    const program = path.join(folder, 'chromium');
    const enter = netns === undefined ? '' : `nsenter --net=${netns} -- `;
    await writeFile(program, `#!/bin/sh\nexec ${enter}${CHROMIUM} "$@"\n`);
    await chmod(program, 0o700);
    const browser = await chromium.launch({ executablePath: program, args: ARGUMENTS });
    return new BrowserViewer(browser, folder);
  }

  /**
   * Opens a player page of MediaMTX (HLS or WebRTC) with a viewer's login.
   * @returns how many pictures the page decoded in the second or more after its first one
   */
  async play(url: string, login: { user: string; password: string }, budgetMs: number): Promise<number> {
    const credentials = { username: login.user, password: login.password };
    const context = await this.#browser.newContext({ httpCredentials: credentials });
    try {
      const page = await context.newPage();
      await page.goto(url, { timeout: budgetMs, waitUntil: 'domcontentloaded' });
      const first = await decodedPictures(page, 1, budgetMs);
      return (await decodedPictures(page, first + 25, budgetMs)) - first;
    } finally {
      await context.close();
    }
  }

  /** Plays a camera of numbered pictures in a page of its own; resolves with the first picture. */
  async watch(player: WebPlayer, viewer: Viewer, budgetMs: number): Promise<PicturePage> {
    return PicturePage.open(await this.#browser.newContext(), player, viewer, budgetMs);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** Resolves with the count when the page's video has decoded this many pictures and its clock moves. */
async function decodedPictures(page: Page, atLeast: number, budgetMs: number): Promise<number> {
  const expression = `(() => {
    const video = document.querySelector('video');
    const pictures = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    return video !== null && video.currentTime > 0 && pictures >= ${atLeast} ? pictures : false;
  })()`;
  const count = await page.waitForFunction(expression, undefined, { timeout: budgetMs, polling: 50 });
  return Number(await count.jsonValue());
}
