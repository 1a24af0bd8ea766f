import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session, SessionProtocol } from './session.ts';
import { Viewers } from './viewers.ts';

const CAMERA: Session = { id: 'gate', protocol: 'rtmp', action: 'publish', path: 'original/a', user: 'gate' };

function readerOf(user: string, protocol: SessionProtocol): Session {
  return { id: `${protocol} ${user}`, protocol, action: 'read', path: 'original/a', user };
}

describe('viewers', () => {
  let listed: Session[];
  let kicks: string[];
  let isAway: boolean;
  let viewers: Viewers;

  beforeEach(() => {
    vi.useFakeTimers();
    listed = [CAMERA, readerOf('tier-video.main', 'rtsp'), readerOf('cupola-agent', 'rtsp')];
    kicks = [];
    isAway = false;
    viewers = new Viewers({
      onMoved: () => undefined,
      api: {
        listSessions: async (protocol) => {
          if (isAway) throw new Error('away');
          if (protocol === 'srt') throw Object.assign(new Error('off'), { status: 404 });
          return listed.filter((session) => session.protocol === protocol);
        },
        kick: async ({ id }) => {
          kicks.push(id);
          listed = listed.filter((session) => session.id !== id);
          return true;
        },
      },
    });
  });
  afterEach(() => vi.useRealTimers());

  it('are neither cameras nor tiers nor the agent', async () => {
    expect(await viewers.count()).toBe(0);
    listed.push(readerOf('viewer', 'hls'), readerOf('', 'webrtc'));
    expect(await viewers.count()).toBe(2);
  });

  it('are ended when kube-proxy sends them elsewhere, and those who came in between too', async () => {
    listed.push(readerOf('viewer', 'hls'), readerOf('', 'webrtc'));
    viewers.move();
    await vi.advanceTimersByTimeAsync(1_300);
    expect(kicks).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kicks).toEqual(['webrtc ', 'hls viewer']);
    listed.push(readerOf('late', 'rtsp'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kicks.slice(2)).toEqual(['rtsp late']);
    expect(viewers.moved).toBe(3);
    listed.push(readerOf('of this side', 'rtsp'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(viewers.moved).toBe(3);
  });

  it('stay when the side is active again, and when MediaMTX does not answer', async () => {
    listed.push(readerOf('viewer', 'rtsp'));
    viewers.move();
    viewers.stay();
    await vi.advanceTimersByTimeAsync(60_000);
    isAway = true;
    viewers.move();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kicks).toEqual([]);
  });
});
