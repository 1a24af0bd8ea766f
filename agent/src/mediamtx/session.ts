/** A session on MediaMTX: somebody who publishes or reads, by whatever protocol. */
import type { CredentialDigest } from './authorise.ts';

/** MediaMTX's words, as in its authentication requests. */
export const SESSION_PROTOCOLS = ['rtsp', 'rtmp', 'srt', 'webrtc', 'hls'] as const;
export type SessionProtocol = (typeof SESSION_PROTOCOLS)[number];

export interface Session {
  readonly id: string;
  readonly protocol: SessionProtocol;
  readonly action: 'publish' | 'read';
  readonly path: string;
  readonly user: string;
  /** Unknown of sessions that an earlier run of the agent let in. */
  readonly digest?: CredentialDigest;
}

export function isSessionProtocol(word: string): word is SessionProtocol {
  return (SESSION_PROTOCOLS as readonly string[]).includes(word);
}
