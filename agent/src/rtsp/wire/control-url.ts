/**
 * Which URL a track is set up with and which one the whole stream is played with (RFC 2326 appendix C.1.1),
 * as servers mean it rather than as RFC 3986 resolves it: a relative control is put at the very end, behind
 * a query too (`rtsp://h/cam?channel=1/trackID=0`), which FFmpeg and live555 do and cameras expect.
 *
 *     base of the tracks, first that is there
 *       1. a=control of the session, absolute
 *       2. Content-Base
 *       3. Content-Location
 *       4. the URL of the DESCRIBE
 */
import type { HeaderList } from './header-list.ts';
import type { RtspUrl } from './rtsp-url.ts';

/** The URL for PLAY, TEARDOWN and keep-alives, and the base of the tracks' controls. */
export function resolveBaseUrl(
  request: RtspUrl,
  response: HeaderList,
  sessionControl: string | undefined,
): string {
  const stated = response.get('Content-Base') ?? response.get('Content-Location');
  // A path alone is sent where a server does not know its own address.
  const base = !stated ? request.text : stated.startsWith('/') ? request.origin + stated : stated;
  return resolveControl(base, sessionControl);
}

/** `control`: the a=control of a track; `*` and none stand for the base itself. */
export function resolveControl(base: string, control: string | undefined): string {
  if (!control || control === '*') return base;
  if (/^rtsps?:\/\//i.test(control)) return control;
  if (base.endsWith('/') && control.startsWith('/')) return base + control.slice(1);
  if (base.endsWith('/') || control.startsWith('/') || control.startsWith('?')) return base + control;
  return `${base}/${control}`;
}
