/**
 * A viewer of numbered pictures: FFmpeg decodes each and averages its cells, so that it is told by its number and by how
 * far it is from what it must be. It never connects again by itself.
 */
import type { ChildProcess } from 'node:child_process';
import { end, ended, keepErrors } from './child.ts';
import {
  CELL_COLUMNS,
  CELL_PIXELS,
  CELL_ROWS,
  NUMBERED_SIZE,
  type NumberedPicture,
  readNumberedPicture,
} from './numbered-picture.ts';
import { startFfmpegViewer } from './reader-programs.ts';
import type { Viewer } from './rtsp-probe.ts';

export interface NumberedPlayerHandlers {
  readonly onPicture: (picture: NumberedPicture) => void;
  /** Once, whatever ended it; nothing follows. */
  readonly onEnd: (reason: string) => void;
}

const CELLS = CELL_COLUMNS * CELL_ROWS;

/** The part of the picture that the cells fill, of whatever size it is; a sample a cell. */
const AVERAGED_CELLS = [
  'extractplanes=y',
  `crop=iw*${CELL_COLUMNS * CELL_PIXELS}/${NUMBERED_SIZE.width}:ih*${CELL_ROWS * CELL_PIXELS}/${NUMBERED_SIZE.height}:0:0`,
  `scale=${CELL_COLUMNS}:${CELL_ROWS}:flags=area`,
].join(',');

/** No picture is left out or repeated to keep a rate. */
const OUTPUT = [
  ...['-map', '0:v', '-fps_mode', 'passthrough', '-vf', AVERAGED_CELLS],
  ...['-f', 'rawvideo', '-flush_packets', '1', 'pipe:1'],
];

export class NumberedPlayer {
  readonly #handlers: NumberedPlayerHandlers;
  readonly #program: ChildProcess;
  readonly #silence: NodeJS.Timeout;
  #rest: Buffer = Buffer.alloc(0);
  #reason: string | undefined;

  /** Connects at once. @param silenceMs ends the connection when no picture comes for so long */
  constructor(viewer: Viewer, silenceMs: number, handlers: NumberedPlayerHandlers) {
    this.#handlers = handlers;
    this.#program = startFfmpegViewer(viewer, OUTPUT);
    this.#silence = setTimeout(() => {
      this.#reason = `no picture for ${silenceMs} ms`;
      void end(this.#program);
    }, silenceMs);
    const errors = keepErrors(this.#program);
    this.#program.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    void ended(this.#program).then((how) => {
      clearTimeout(this.#silence);
      const told = errors.join(' ').replaceAll(viewer.password, '***');
      this.#handlers.onEnd(this.#reason ?? `${how}: ${told}`);
    });
  }

  #take(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= CELLS) {
      this.#silence.refresh();
      this.#handlers.onPicture(readNumberedPicture(rest.subarray(0, CELLS)));
      rest = rest.subarray(CELLS);
    }
    this.#rest = rest;
  }
}
