import type { ControlApi } from './control-api.ts';
import { SESSION_PROTOCOLS, type Session, type SessionProtocol } from './session.ts';

/** The sessions of every protocol that is on. Rejects when MediaMTX does not answer. */
export async function listSessions(api: Pick<ControlApi, 'listSessions'>): Promise<Session[]> {
  return (await Promise.all(SESSION_PROTOCOLS.map((each) => listOf(api, each)))).flat();
}

async function listOf(api: Pick<ControlApi, 'listSessions'>, protocol: SessionProtocol): Promise<Session[]> {
  try {
    return await api.listSessions(protocol);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return []; // The protocol is off.
    throw error;
  }
}
