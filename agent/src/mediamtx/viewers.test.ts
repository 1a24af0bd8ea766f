import { beforeEach, describe, expect, it } from 'vitest';
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

  it('are neither cameras nor tiers nor the agent', async () => {
    expect(await viewers.count()).toBe(0);
    listed.push(readerOf('viewer', 'hls'), readerOf('', 'webrtc'));
    expect(await viewers.count()).toBe(2);
  });

  it('are ended by every protocol, and nobody else is', async () => {
    listed.push(readerOf('viewer', 'hls'), readerOf('', 'webrtc'));
    await viewers.move();
    expect(kicks).toEqual(['webrtc ', 'hls viewer']);
    expect(viewers.moved).toBe(2);
  });

  it('stay when MediaMTX does not answer', async () => {
    listed.push(readerOf('viewer', 'rtsp'));
    isAway = true;
    await viewers.move();
    expect(kicks).toEqual([]);
  });
});
