import type { ChildProcess } from 'node:child_process';
import { end, startChild } from '../../e2e/peers/child.ts';
import type { Clip } from './foreign-clips.ts';

/** A camera that sends a clip again and again, in real time, as it was encoded. */
export class SentClip {
  readonly #process: ChildProcess;

  constructor(clip: Clip, url: string) {
    const input = [
      '-hide_banner',
      '-loglevel',
      'error',
      '-nostdin',
      '-re',
      '-stream_loop',
      '-1',
      '-i',
      clip.file,
    ];
    const output = ['-map', '0', '-c', 'copy', '-f', 'rtsp', '-rtsp_transport', 'tcp', url];
    this.#process = startChild('ffmpeg', [...input, ...output]);
  }

  async stop(): Promise<void> {
    await end(this.#process);
  }
}
