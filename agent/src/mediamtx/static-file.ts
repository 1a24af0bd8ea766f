/**
 * MediaMTX's configuration file. It is written once, by the pod's init container, and never changes while the pod
 * lives: what streams exist and who may do what is the plan's business, answered by the agent.
 */
import { PORTS } from '@cupola/protocol';
import { stringify } from 'yaml';
import type { MediamtxSettings } from './settings.ts';

/** Every stream's path. A `~` makes it a regular expression for MediaMTX. */
export const PATH_PATTERN = '~^(original|compressed)/.+$';

/** Where MediaMTX listens for the agent alone. Tests run several on one machine and so choose their own. */
export interface MediamtxPorts {
  readonly rtsp: number;
  readonly rtmp: number;
  readonly srt: number;
  readonly hls: number;
  readonly webrtc: number;
  readonly mediamtxApi: number;
  readonly mediamtxAuth: number;
}

export function renderStaticFile(settings: MediamtxSettings, ports: MediamtxPorts = PORTS): string {
  const on = new Set(settings.protocols);
  const configuration = {
    // At `info` MediaMTX writes several lines a connection, and a malformed SRT stream id with the password in it.
    logLevel: 'warn',
    logDestinations: ['stdout'],
    // 2 s is too short for RTMP publishers, which analyse their input first.
    readTimeout: '5s',
    writeTimeout: '5s',
    // Packets a reader; a key frame of a 4K camera arrives in one burst of more than 512. A power of two.
    writeQueueSize: 2048,

    authMethod: 'http',
    authHTTPAddress: `http://127.0.0.1:${ports.mediamtxAuth}/`,
    // MediaMTX leaves api, metrics and pprof out by default; a port-forward reaches localhost too.
    authHTTPExclude: [],

    api: true,
    apiAddress: `127.0.0.1:${ports.mediamtxApi}`,
    metrics: false,
    pprof: false,
    playback: false,
    moq: false,

    // The agent itself publishes and reads by RTSP, so it is always on; without UDP there are no media ports.
    rtsp: true,
    rtspAddress: `:${ports.rtsp}`,
    rtspTransports: ['tcp'],
    rtspEncryption: 'no',
    // Digest needs MediaMTX's own user list.
    rtspAuthMethods: ['basic'],

    rtmp: on.has('RTMP'),
    rtmpAddress: `:${ports.rtmp}`,

    srt: on.has('SRT'),
    srtAddress: `:${ports.srt}`,

    hls: on.has('HLS'),
    hlsAddress: `:${ports.hls}`,
    // A muxer a stream nobody watches would cost memory; the first viewer waits for one segment instead.
    hlsAlwaysRemux: false,
    hlsVariant: 'lowLatency',
    hlsSegmentCount: 7,
    hlsSegmentDuration: '1s',
    hlsPartDuration: '200ms',

    webrtc: on.has('WebRTC'),
    webrtcAddress: `:${ports.webrtc}`,
    webrtcLocalUDPAddress: `:${settings.webrtcMediaPort}`,
    webrtcLocalTCPAddress: '',
    webrtcAdditionalHosts: [...settings.webrtcHosts],

    // A camera that lost its connection and comes back replaces its own half-open session.
    paths: { [PATH_PATTERN]: { source: 'publisher', overridePublisher: true } },
  };
  // MediaMTX reads YAML 1.1, to which a bare `no` is a boolean.
  return stringify(configuration, { version: '1.1' });
}
