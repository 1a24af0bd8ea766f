import { describe, expect, test } from 'vitest';
import { resolveBaseUrl, resolveControl } from './control-url.ts';
import { HeaderList } from './header-list.ts';
import { parseRtspUrl } from './rtsp-url.ts';
import { WireError } from './wire-error.ts';

describe('the URL of a track', () => {
  test.each([
    ['rtsp://h/cam/', 'trackID=0', 'rtsp://h/cam/trackID=0'],
    ['rtsp://h/cam', 'trackID=0', 'rtsp://h/cam/trackID=0'],
    ['rtsp://h/cam', '/trackID=0', 'rtsp://h/cam/trackID=0'],
    ['rtsp://h/cam/', '/trackID=0', 'rtsp://h/cam/trackID=0'],
    ['rtsp://h/cam?channel=1&sub=0', 'trackID=0', 'rtsp://h/cam?channel=1&sub=0/trackID=0'],
    ['rtsp://h/cam', '?ctype=video', 'rtsp://h/cam?ctype=video'],
    ['rtsp://h/cam/', 'rtsp://10.0.0.1:554/cam/trackID=0', 'rtsp://10.0.0.1:554/cam/trackID=0'],
    ['rtsp://h/cam/', 'RTSP://h/x', 'RTSP://h/x'],
    ['rtsp://h/cam/', '*', 'rtsp://h/cam/'],
    ['rtsp://h/cam/', '', 'rtsp://h/cam/'],
    ['rtsp://h/cam/', undefined, 'rtsp://h/cam/'],
  ])('base %s and control %s make %s', (base, control, url) => {
    expect(resolveControl(base, control)).toBe(url);
  });
});

describe('the base', () => {
  const request = parseRtspUrl('rtsp://h:8554/cam?x=1');
  test.each([
    [{}, undefined, 'rtsp://h:8554/cam?x=1'],
    [{ 'Content-Base': 'rtsp://h:8554/cam/' }, '*', 'rtsp://h:8554/cam/'],
    [{ 'content-base': '/cam/' }, undefined, 'rtsp://h:8554/cam/'],
    [{ 'Content-Location': 'rtsp://h/loc' }, undefined, 'rtsp://h/loc'],
    [{ 'Content-Base': 'rtsp://h/cam/', 'Content-Location': 'rtsp://h/loc' }, undefined, 'rtsp://h/cam/'],
    [{ 'Content-Base': 'rtsp://h/cam/' }, 'rtsp://10.0.0.1/stream', 'rtsp://10.0.0.1/stream'],
    [{ 'Content-Base': '' }, undefined, 'rtsp://h:8554/cam?x=1'],
  ])('headers %j and session control %s', (headers, control, base) => {
    expect(resolveBaseUrl(request, HeaderList.of(headers), control)).toBe(base);
  });
});

describe('an RTSP URL', () => {
  test.each([
    ['rtsp://cam/', { host: 'cam', port: 554, origin: 'rtsp://cam' }],
    ['rtsp://cam', { host: 'cam', port: 554, origin: 'rtsp://cam' }],
    ['rtsp://10.0.0.1:8554/a/b?c=d@e', { host: '10.0.0.1', port: 8554, origin: 'rtsp://10.0.0.1:8554' }],
    ['RTSP://[fd00::1]:554/x', { host: 'fd00::1', port: 554, origin: 'RTSP://[fd00::1]:554' }],
  ])('%s is read, its text kept', (text, parts) => {
    expect(parseRtspUrl(text)).toEqual({ text, ...parts });
  });

  test.each([
    'rtsp://',
    'rtsp://h:0/',
    'rtsp://h:65536/',
    'http://h/',
    'rtsp://h/a b',
    'rtsp://h/a\r\nX: y',
    'rtsps://h/',
    'rtsp://user:secret@h/cam',
    'rtsp://user:secret@/cam',
  ])('%j is refused, and no password repeated', (text) => {
    expect(() => parseRtspUrl(text)).toThrow(WireError);
    expect(() => parseRtspUrl(text)).not.toThrow(/secret/);
  });
});
