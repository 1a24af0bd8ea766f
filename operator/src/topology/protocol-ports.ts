import { PORTS } from '@cupola/protocol';
import type { Protocol } from '../api/media-tier.ts';

export interface ProtocolPort {
  /** Of the port in Services and pods. */
  name: string;
  port: number;
  transport: 'TCP' | 'UDP';
}

/** Where each protocol is served, in pods and Services alike. */
export const PROTOCOL_PORTS: Readonly<Record<Protocol, ProtocolPort>> = {
  RTSP: { name: 'rtsp', port: PORTS.rtsp, transport: 'TCP' },
  RTMP: { name: 'rtmp', port: PORTS.rtmp, transport: 'TCP' },
  SRT: { name: 'srt', port: PORTS.srt, transport: 'UDP' },
  HLS: { name: 'hls', port: PORTS.hls, transport: 'TCP' },
  WebRTC: { name: 'webrtc', port: PORTS.webrtc, transport: 'TCP' },
};

/** The name of the UDP port for WebRTC's media, on side Services and pods. */
export const WEBRTC_MEDIA = 'webrtc-media';
