/** The URLs of a stream, without credentials: they stand in a status. */
import type { Protocol } from '../api/media-tier.ts';
import type { Endpoint } from '../topology/observed-shard.ts';

type UrlOf = (authority: string, path: string) => string;

/** MediaMTX's own forms: https://mediamtx.org/docs/usage/read and /publish. RTMP is for cameras alone. */
const READ: Partial<Record<Protocol, [string, UrlOf]>> = {
  RTSP: ['rtsp', (authority, path) => `rtsp://${authority}/${path}`],
  HLS: ['hls', (authority, path) => `http://${authority}/${path}/index.m3u8`],
  WebRTC: ['webrtc', (authority, path) => `http://${authority}/${path}`],
  SRT: ['srt', (authority, path) => `srt://${authority}?streamid=read:${path}`],
};
const PUBLISH: Partial<Record<Protocol, [string, UrlOf]>> = {
  RTMP: ['rtmp', (authority, path) => `rtmp://${authority}/${path}`],
  RTSP: ['rtsp', (authority, path) => `rtsp://${authority}/${path}`],
  SRT: ['srt', (authority, path) => `srt://${authority}?streamid=publish:${path}`],
  WebRTC: ['whip', (authority, path) => `http://${authority}/${path}/whip`],
};

/** Where viewers find the path, by protocol. */
export function listStreamUrls(endpoint: Endpoint, path: string): Record<string, string> {
  return listUrls(READ, endpoint, path);
}

/** Where a camera pushes the path, by protocol. */
export function listPublishUrls(endpoint: Endpoint, path: string): Record<string, string> {
  return listUrls(PUBLISH, endpoint, path);
}

function listUrls(forms: typeof READ, { host, ports }: Endpoint, path: string): Record<string, string> {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const urls: Record<string, string> = {};
  for (const [protocol, port] of Object.entries(ports)) {
    const form = forms[protocol as Protocol];
    if (form !== undefined) urls[form[0]] = form[1](`${bracketed}:${port}`, path);
  }
  return urls;
}
