import { createRequire } from 'node:module';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import {
  CELL_COLUMNS,
  CELL_PIXELS,
  CELL_ROWS,
  readNumberedPicture,
  TOLERATED_ERROR,
} from './numbered-picture.ts';
import type { Viewer } from './rtsp-probe.ts';
import { Waiting } from './waiting.ts';

const SCRIPT = path.join(import.meta.dirname, 'player-page.js');
const HLS_PLAYER = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');

/** How a web page plays: hls.js on a playlist, or a plain RTCPeerConnection on a WHEP address. */
export type WebPlayer = 'hls.js' | 'WHEP';

/** A picture that was shown and is not as it must be. */
export interface CorruptPicture {
  readonly number: number;
  readonly error: number;
}

/**
 * A web page of ours that plays a camera of numbered pictures, and looks at each picture that the browser shows. A
 * browser may leave pictures out, so what is missing is not counted.
 */
export class PicturePage {
  /** Pictures shown, each number as often as it came anew. */
  shown = 0;
  readonly corrupt: CorruptPicture[] = [];
  /** The longest time between two pictures so far, ms. */
  longestGapMs = 0;
  /** What the player reported, in order; errors that it mends by itself too. */
  readonly complaints: string[] = [];
  /** Why it plays no longer, undefined while it does. */
  endedBy: string | undefined;
  readonly #page: Page;
  readonly #waiting = new Waiting();
  #last: { number: number; atMs: number } | undefined;

  /** Plays; resolves with the first picture. */
  static async open(
    context: BrowserContext,
    player: WebPlayer,
    viewer: Viewer,
    budgetMs: number,
  ): Promise<PicturePage> {
    const page = await context.newPage();
    const pictures = new PicturePage(page);
    await pictures.#play(player, viewer);
    await pictures.pictures(1, budgetMs);
    return pictures;
  }

  private constructor(page: Page) {
    this.#page = page;
    page.on('pageerror', (error) => this.#end(String(error)));
    page.on('crash', () => this.#end('the page crashed'));
  }

  /** Resolves when this many more pictures than now have been shown. */
  async pictures(more: number, budgetMs: number): Promise<void> {
    const goal = this.shown + more;
    await this.#waiting.until(`${more} pictures shown`, () => this.shown >= goal, budgetMs);
  }

  /** Resolves when the player can play no longer. */
  async ended(budgetMs: number): Promise<void> {
    await this.#waiting.until('the end of playing', () => this.endedBy !== undefined, budgetMs);
  }

  async close(): Promise<void> {
    await this.#page.close();
  }

  async #play(player: WebPlayer, viewer: Viewer): Promise<void> {
    const page = this.#page;
    await page.exposeFunction('reportPicture', (atMs: number, cells: string) => this.#take(atMs, cells));
    await page.exposeFunction('reportComplaint', (what: string, isOver: boolean) => {
      this.complaints.push(what);
      if (isOver) this.#end(what);
    });
    // An empty answer of the server itself: the player needs no permission to speak to another origin or network.
    await page.goto(new URL('/favicon.ico', viewer.url).href);
    if (player === 'hls.js') await page.addScriptTag({ path: HLS_PLAYER });
    await page.addScriptTag({ path: SCRIPT });
    const login = `Basic ${Buffer.from(`${viewer.user}:${viewer.password}`).toString('base64')}`;
    const cells = { columns: CELL_COLUMNS, rows: CELL_ROWS, cellPixels: CELL_PIXELS };
    const options = JSON.stringify({ url: viewer.url, login, ...cells });
    await page.evaluate(`players[${JSON.stringify(player)}](${options})`);
  }

  #take(atMs: number, cells: string): void {
    const { number, error } = readNumberedPicture(Buffer.from(cells, 'hex'));
    if (error > TOLERATED_ERROR) this.corrupt.push({ number, error });
    if (number === this.#last?.number) return;
    this.shown += 1;
    if (this.#last !== undefined) this.longestGapMs = Math.max(this.longestGapMs, atMs - this.#last.atMs);
    this.#last = { number, atMs };
    this.#waiting.arrived();
  }

  #end(reason: string): void {
    this.endedBy ??= reason;
    this.#waiting.arrived();
    this.#waiting.fail(new Error(`The page plays no longer: ${reason}`));
  }
}
