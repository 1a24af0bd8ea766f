import { PORTS } from '@cupola/protocol';
import { PROTOCOL_PORTS, WEBRTC_MEDIA } from '../topology/protocol-ports.ts';
import type { MediaTier } from './media-tier.ts';

export interface ServicePort {
  name: string;
  port: number;
  targetPort: number;
  protocol: 'TCP' | 'UDP';
  nodePort?: number;
}

/** A port a protocol of the tier. Node ports are left to the API server, which keeps what it gave. */
export function listProtocolPorts(tier: MediaTier): ServicePort[] {
  return tier.protocols.map((protocol) => {
    const { name, port, transport } = PROTOCOL_PORTS[protocol];
    return { name, port, targetPort: port, protocol: transport };
  });
}

/**
 * The port of WebRTC's media. MediaMTX announces the port that it listens on, so where viewers come by a node
 * port all three numbers are the one that the API server has given (`nodePort`, undefined before it has).
 */
export function mediaServicePort(nodePort: number | undefined): ServicePort {
  const port = nodePort ?? PORTS.webrtcMedia;
  const number = nodePort === undefined ? {} : { nodePort };
  return { name: WEBRTC_MEDIA, port, targetPort: port, protocol: 'UDP', ...number };
}
