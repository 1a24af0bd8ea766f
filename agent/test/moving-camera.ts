import type { ChildProcess } from 'node:child_process';
import { end, startChild } from '../../e2e/peers/child.ts';

const PICTURES = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
const SOUND = ['-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000'];
const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];

/**
 * A camera of 320x180 at 25 pictures a second with a key frame every `gopSeconds`, and with AAC where asked. Two of the
 * same `quality` (x264's CRF) send the same bytes, though not at the same time.
 */
export class MovingCamera {
  readonly #process: ChildProcess;

  constructor(url: string, gopSeconds: number, hasAudio = false, quality = 23) {
    const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-sc_threshold', '0'];
    const sound = hasAudio ? ['-c:a', 'aac'] : [];
    const output = [
      '-crf',
      String(quality),
      '-g',
      String(25 * gopSeconds),
      '-f',
      'rtsp',
      '-rtsp_transport',
      'tcp',
      url,
    ];
    this.#process = startChild('ffmpeg', [
      ...[...QUIET, ...PICTURES, ...(hasAudio ? SOUND : [])],
      ...[...encoder, ...sound, ...output],
    ]);
  }

  stop(): Promise<void> {
    return end(this.#process);
  }
}
