/** A camera that claps, and who looks and listens whether picture and sound of it are together. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Credential } from '@cupola/protocol';
import { end, startChild } from '../../e2e/peers/child.ts';
import { Waiting } from '../../e2e/peers/waiting.ts';

const PERIOD_S = 2;
const CLAP = `lt(mod(t\\,${PERIOD_S})\\,0.2)`;
const PICTURES = `color=black:size=160x90:rate=25,drawbox=color=white:t=fill:enable='${CLAP}'`;
const SOUND = `aevalsrc='if(${CLAP}\\,0.5*sin(2*PI*1000*t)\\,0)':sample_rate=48000`;

/** 25 pictures a second; each 2 s they are white for 0.2 s, and a tone is heard meanwhile. */
export class ClappingCamera {
  readonly #process: ChildProcess;

  constructor(url: string, gopSeconds: number) {
    this.#process = startChild('ffmpeg', [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin'],
      ...['-re', '-f', 'lavfi', '-i', PICTURES, '-re', '-f', 'lavfi', '-i', SOUND],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(25 * gopSeconds)],
      ...['-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-muxdelay', '0'],
      ...['-f', 'rtsp', '-rtsp_transport', 'tcp', url],
    ]);
  }

  stop(): Promise<void> {
    return end(this.#process);
  }
}

/** A viewer that notes when flashes and tones begin, by the stream's own clock. */
export class ClapViewer {
  readonly #process: ChildProcess;
  readonly #waiting = new Waiting();
  readonly #flashes: number[] = [];
  readonly #tones: number[] = [];

  constructor(url: string, credential?: Credential) {
    const login = credential === undefined ? '' : `${credential.user}:${credential.password}@`;
    this.#process = startChild('ffmpeg', [
      ...[
        '-hide_banner',
        '-nostdin',
        '-rtsp_transport',
        'tcp',
        '-i',
        url.replace('rtsp://', `rtsp://${login}`),
      ],
      ...['-vf', 'blackdetect=d=0.2:pic_th=0.5', '-af', 'silencedetect=noise=-30dB:d=0.2', '-f', 'null', '-'],
    ]);
    if (this.#process.stderr === null) return;
    createInterface({ input: this.#process.stderr }).on('line', (line) => {
      const flash = /black_end:([\d.]+)/.exec(line)?.[1];
      const tone = /silence_end: ([\d.]+)/.exec(line)?.[1];
      if (flash !== undefined) this.#flashes.push(Number(flash) * 1_000);
      if (tone !== undefined) this.#tones.push(Number(tone) * 1_000);
      this.#waiting.arrived();
    });
  }

  /** How much later than the flash the tone is, ms, of each of so many claps. */
  async delaysMs(claps: number, budgetMs: number): Promise<number[]> {
    const pairs = () =>
      this.#flashes.flatMap((flash) => {
        const delays = this.#tones.map((tone) => tone - flash);
        const nearest = delays.toSorted((one, other) => Math.abs(one) - Math.abs(other))[0];
        return nearest === undefined || Math.abs(nearest) >= (PERIOD_S * 1_000) / 2 ? [] : [nearest];
      });
    await this.#waiting.until(`${claps} claps`, () => pairs().length >= claps, budgetMs);
    return pairs().slice(0, claps);
  }

  close(): Promise<void> {
    return end(this.#process);
  }
}
