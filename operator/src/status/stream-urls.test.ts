import { describe, expect, it } from 'vitest';
import { findEndpoint } from '../topology/endpoint.ts';
import { listPublishUrls, listStreamUrls } from './stream-urls.ts';

const path = 'original/yard/dock/gate';
const protocols = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'] as const;
const nodePorts = { rtsp: 30001, rtmp: 30002, srt: 30003, hls: 30004, webrtc: 30005 };

describe('URLs', () => {
  it('of a stream inside the cluster', () => {
    const endpoint = findEndpoint({ type: 'ClusterIP' }, protocols, 'main-relay-0.yard.svc', {
      nodePorts: {},
    });
    expect(listStreamUrls(endpoint!, path)).toEqual({
      rtsp: 'rtsp://main-relay-0.yard.svc:8554/original/yard/dock/gate',
      srt: 'srt://main-relay-0.yard.svc:8890?streamid=read:original/yard/dock/gate',
      hls: 'http://main-relay-0.yard.svc:8888/original/yard/dock/gate/index.m3u8',
      webrtc: 'http://main-relay-0.yard.svc:8889/original/yard/dock/gate',
    });
  });

  it('for a camera by node ports', () => {
    const endpoint = findEndpoint({ type: 'NodePort', host: '192.0.2.1' }, protocols, 'unused', {
      nodePorts,
    });
    expect(listPublishUrls(endpoint!, path)).toEqual({
      rtsp: 'rtsp://192.0.2.1:30001/original/yard/dock/gate',
      rtmp: 'rtmp://192.0.2.1:30002/original/yard/dock/gate',
      srt: 'srt://192.0.2.1:30003?streamid=publish:original/yard/dock/gate',
      whip: 'http://192.0.2.1:30005/original/yard/dock/gate/whip',
    });
  });

  it('by a load balancer: its own address, where no name is given', () => {
    const service = { nodePorts: {}, ingress: '2001:db8::7' };
    const find = (host?: string) =>
      findEndpoint(
        { type: 'LoadBalancer', ...(host === undefined ? {} : { host }) },
        ['RTSP'],
        'unused',
        service,
      );
    expect(listStreamUrls(find()!, path)).toEqual({ rtsp: `rtsp://[2001:db8::7]:8554/${path}` });
    expect(listStreamUrls(find('tv.example.com')!, path)).toEqual({
      rtsp: `rtsp://tv.example.com:8554/${path}`,
    });
  });

  it('are none while ports or addresses are still to be given', () => {
    const exposure = { type: 'NodePort', host: '192.0.2.1' } as const;
    expect(findEndpoint(exposure, protocols, 'unused', { nodePorts: { rtsp: 30001 } })).toBeUndefined();
    expect(findEndpoint({ type: 'LoadBalancer' }, protocols, 'unused', { nodePorts: {} })).toBeUndefined();
    expect(findEndpoint({ type: 'ClusterIP' }, protocols, 'unused', undefined)).toBeUndefined();
  });
});
