import { PORTS } from '@cupola/protocol';
import type { ProbeResult } from '../failover/evidence.ts';
import { probePort } from './probe-port.ts';

const TIMEOUT_MS = 400;
/** Answered before any login (RFC 2326, 10.1). */
const RTSP_OPTIONS = 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n';
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n';

/** Whether the two processes of a media pod answer on their own ports, past every Service. Takes 400 ms at most. */
export async function probePod(host: string, nowMs: () => number): Promise<ProbeResult> {
  const atMs = nowMs();
  const [mediamtx, agent] = await Promise.all([
    probePort({ host, port: PORTS.rtsp }, RTSP_OPTIONS, TIMEOUT_MS),
    probePort({ host, port: PORTS.agentHttp }, HEALTH, TIMEOUT_MS),
  ]);
  return { atMs, mediamtx, agent };
}
