import { readFileSync } from 'node:fs';

export type VideoCodec = 'H264' | 'H265';
export type AudioCodec = 'AAC' | 'Opus' | 'PCMA';

/** Where a camera pushes, as the status of its Site says it, and the login it shows there. */
export interface PushTarget {
  /** `rtsp://host:port/path`, `rtmp://host:port/path` or `srt://host:port?streamid=publish:path`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** How much later than the camera's own the frames of an RTSP push arrive, as on a long way; 0 where left out. */
  readonly delayMs?: number;
}

/** A camera that is pulled offers `rtsp://<any address>:<port>/camera` to one user. */
export interface Offer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly method: 'basic' | 'digest';
}

/** One simulated camera: everything that its process needs, in a file that only its owner may read. */
export interface CameraSettings {
  readonly name: string;
  /** The MediaMTX program that serves as the camera's own RTSP server. */
  readonly mediamtx: string;
  readonly video: VideoCodec;
  readonly audio?: AudioCodec;
  /** Between two key frames, in frames (25 a second). */
  readonly gop: number;
  readonly pushes: readonly PushTarget[];
  readonly offer?: Offer;
  /**
   * Pictures that carry their number (H.264 alone), each encoding kept in a file for the comparison. With
   * two encoders, which see the same pictures, the second push carries the second encoding.
   */
  readonly numbered?: { readonly encoders: 1 | 2 };
  /** Whether each sent frame's hash is written to standard output. */
  readonly reportFrames: boolean;
}

export const FRAMES_PER_SECOND = 25;

export function readCameraSettings(file: string): CameraSettings {
  return JSON.parse(readFileSync(file, 'utf8')) as CameraSettings;
}
