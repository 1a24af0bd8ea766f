/** The simulated cameras of the demo: what the Sites in this folder expect outside the cluster. */
import type { AudioCodec, Offer, VideoCodec } from '../peers/camera-settings.ts';

export interface DemoSite {
  readonly namespace: string;
  readonly name: string;
  readonly cameras: readonly DemoCamera[];
}

export interface DemoCamera {
  readonly name: string;
  readonly video: VideoCodec;
  readonly audio?: AudioCodec;
  /** By which it pushes; none for one that is pulled. */
  readonly protocol?: 'rtmp' | 'rtsp' | 'srt';
  /** Where it waits to be pulled, as in the Site's manifest. */
  readonly offer?: Pick<Offer, 'port' | 'method'>;
}

/** The Secret that holds the login of the pulled cameras. */
export const PULLED_SECRET = { namespace: 'demo-museum', name: 'museum-cameras' };

export const RELAY = { namespace: 'demo-video', name: 'relay' };

/** Of the profiles in this folder's manifests. */
export const RENDITION_FRAMES_PER_SECOND = 10;

export const DEMO_SITES: readonly DemoSite[] = [
  {
    namespace: 'demo-harbour',
    name: 'harbour',
    cameras: [
      { name: 'gate', video: 'H264', audio: 'AAC', protocol: 'rtmp' },
      { name: 'quay', video: 'H264', protocol: 'srt' },
      { name: 'bridge', video: 'H265', protocol: 'rtsp' },
      { name: 'crane', video: 'H264', protocol: 'rtsp' },
    ],
  },
  {
    namespace: 'demo-museum',
    name: 'museum',
    cameras: [
      { name: 'hall', video: 'H264', offer: { port: 10_554, method: 'digest' } },
      { name: 'vault', video: 'H264', offer: { port: 10_555, method: 'basic' } },
    ],
  },
  {
    namespace: 'demo-station',
    name: 'station',
    cameras: [
      { name: 'stairs', video: 'H264', audio: 'Opus', protocol: 'rtsp' },
      { name: 'lift', video: 'H264', protocol: 'rtmp' },
    ],
  },
];
