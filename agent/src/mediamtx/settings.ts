/** What the operator tells the `configure` init container by environment. */
import { PORTS } from '@cupola/protocol';

export const MEDIA_PROTOCOLS = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'] as const;
export type MediaProtocol = (typeof MEDIA_PROTOCOLS)[number];

export interface MediamtxSettings {
  readonly protocols: readonly MediaProtocol[];
  /** UDP. Must equal the port by which clients reach it, since MediaMTX announces it. */
  readonly webrtcMediaPort: number;
  /** Names and addresses announced to WebRTC clients besides the pod's own. */
  readonly webrtcHosts: readonly string[];
}

export class SettingsError extends Error {
  readonly code = 'CUP_AGENT_SETTINGS';
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.variable = variable;
  }
}

/** Reads the settings out of `env`; throws a SettingsError that names the variable. */
export function readMediamtxSettings(env: Readonly<Record<string, string | undefined>>): MediamtxSettings {
  return {
    protocols: readProtocols(env.CUPOLA_PROTOCOLS),
    webrtcMediaPort: readPort(env.CUPOLA_WEBRTC_MEDIA_PORT),
    webrtcHosts: readHosts(env.CUPOLA_WEBRTC_HOSTS),
  };
}

function readProtocols(text: string | undefined): MediaProtocol[] {
  const names = splitList(text);
  if (names.length === 0) {
    throw new SettingsError('CUPOLA_PROTOCOLS', `is empty; name some of ${MEDIA_PROTOCOLS.join(', ')}`);
  }
  return names.map((name) => {
    const protocol = MEDIA_PROTOCOLS.find((each) => each === name);
    if (protocol === undefined) {
      throw new SettingsError('CUPOLA_PROTOCOLS', `names ${name}; known are ${MEDIA_PROTOCOLS.join(', ')}`);
    }
    return protocol;
  });
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return PORTS.webrtcMedia;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new SettingsError('CUPOLA_WEBRTC_MEDIA_PORT', `is ${text}, not a port from 1 to 65535`);
  }
  return port;
}

function readHosts(text: string | undefined): string[] {
  const hosts = splitList(text);
  for (const host of hosts) {
    if (!/^[A-Za-z0-9.:-]+$/.test(host)) {
      throw new SettingsError('CUPOLA_WEBRTC_HOSTS', `names ${host}, neither a host name nor an address`);
    }
  }
  return hosts;
}

function splitList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
