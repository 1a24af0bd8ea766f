/**
 * A viewer of numbered pictures, many of which fit into one process: FFmpeg decodes each, so that it is told by its
 * number and by how far it is from what it must be.
 */
import type { ChildProcess } from 'node:child_process';
import { end, ended, keepErrors } from './child.ts';
import { CELLS_OUTPUT, NumberedPictures } from './numbered-cells.ts';
import type { NumberedPicture } from './numbered-picture.ts';
import { startFfmpegViewer } from './reader-programs.ts';
import type { Viewer } from './rtsp-probe.ts';

export interface NumberedPlayerHandlers {
  readonly onPicture: (picture: NumberedPicture) => void;
  /** Once, whatever ended it; nothing follows. */
  readonly onEnd: (reason: string) => void;
}

export class NumberedPlayer {
  readonly #program: ChildProcess;
  readonly #silence: NodeJS.Timeout;
  readonly #pictures = new NumberedPictures();
  #reason: string | undefined;

  /** Connects at once. @param silenceMs ends the connection when no picture comes for so long */
  constructor(viewer: Viewer, silenceMs: number, { onPicture, onEnd }: NumberedPlayerHandlers) {
    this.#program = startFfmpegViewer(viewer, CELLS_OUTPUT);
    this.#silence = setTimeout(() => {
      this.#reason = `no picture for ${silenceMs} ms`;
      void end(this.#program);
    }, silenceMs);
    const errors = keepErrors(this.#program);
    this.#program.stdout?.on('data', (chunk: Buffer) => {
      for (const picture of this.#pictures.push(chunk)) {
        this.#silence.refresh();
        onPicture(picture);
      }
    });
    void ended(this.#program).then((how) => {
      clearTimeout(this.#silence);
      const told = errors.join(' ').replaceAll(viewer.password, '***');
      onEnd(this.#reason ?? `${how}: ${told}`);
    });
  }
}
