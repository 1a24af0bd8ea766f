import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readMediamtxSettings } from './settings.ts';
import { renderStaticFile } from './static-file.ts';

describe("MediaMTX's configuration file", () => {
  it('turns on what the tier needs and guards everything by the agent', () => {
    const settings = readMediamtxSettings({
      CUPOLA_PROTOCOLS: 'RTSP, HLS,WebRTC',
      CUPOLA_WEBRTC_MEDIA_PORT: '31005',
      CUPOLA_WEBRTC_HOSTS: '203.0.113.7,relay.example.com',
    });
    const file = parse(renderStaticFile(settings), { version: '1.1' });
    expect(file).toMatchObject({
      rtsp: true,
      rtmp: false,
      srt: false,
      hls: true,
      webrtc: true,
      moq: false,
      metrics: false,
      pprof: false,
      playback: false,
      rtspTransports: ['tcp'],
      rtspEncryption: 'no',
      apiAddress: '127.0.0.1:9997',
      authMethod: 'http',
      authHTTPAddress: 'http://127.0.0.1:9996/',
      authHTTPExclude: [],
      webrtcLocalUDPAddress: ':31005',
      webrtcAdditionalHosts: ['203.0.113.7', 'relay.example.com'],
      paths: { '~^(original|compressed)/.+$': { source: 'publisher' } },
    });
  });

  it('announces the default media port and no hosts where none are given', () => {
    expect(readMediamtxSettings({ CUPOLA_PROTOCOLS: 'RTMP' })).toEqual({
      protocols: ['RTMP'],
      webrtcMediaPort: 8189,
      webrtcHosts: [],
    });
  });

  it.each([
    [{}, 'CUPOLA_PROTOCOLS is empty'],
    [{ CUPOLA_PROTOCOLS: 'RTSP,MoQ' }, 'CUPOLA_PROTOCOLS names MoQ; known are RTSP, RTMP, SRT, HLS, WebRTC'],
    [{ CUPOLA_PROTOCOLS: 'RTSP', CUPOLA_WEBRTC_MEDIA_PORT: '70000' }, 'CUPOLA_WEBRTC_MEDIA_PORT is 70000'],
    [{ CUPOLA_PROTOCOLS: 'RTSP', CUPOLA_WEBRTC_HOSTS: 'a b' }, 'CUPOLA_WEBRTC_HOSTS names a b'],
  ])('refuses %j', (env, problem) => {
    expect(() => readMediamtxSettings(env)).toThrow(problem);
  });
});
