/** What a server asks for in `WWW-Authenticate` (RFC 7617 basic, RFC 7616 and 2617 digest). */
import type { HeaderList } from './header-list.ts';
import { findParameter, parseParameters } from './parameters.ts';

export interface BasicChallenge {
  readonly scheme: 'basic';
}

export interface DigestChallenge {
  readonly scheme: 'digest';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: 'MD5' | 'SHA-256';
  /** As the server wrote it, to be sent back; undefined where it names none (then MD5). */
  readonly statedAlgorithm: string | undefined;
  /** Whether `auth` is offered; without it the older form of RFC 2069 is answered. */
  readonly qopAuth: boolean;
  /** The credential was right, only its nonce too old. */
  readonly stale: boolean;
}

export type Challenge = BasicChallenge | DigestChallenge;

/** The strongest challenge that can be answered: SHA-256, then MD5, then basic; undefined where none can. */
export function chooseChallenge(headers: HeaderList): Challenge | undefined {
  let best: Challenge | undefined;
  for (const value of headers.getAll('WWW-Authenticate')) {
    const challenge = parseChallenge(value);
    if (challenge && (!best || strength(challenge) > strength(best))) best = challenge;
  }
  return best;
}

/** One header with one challenge; undefined where its kind is unknown or a part is missing. */
export function parseChallenge(value: string): Challenge | undefined {
  const scheme = /^(basic|digest)(?:\s+|$)/i.exec(value);
  if (!scheme) return undefined;
  if (scheme[1]?.toLowerCase() === 'basic') return { scheme: 'basic' };
  const parameters = parseParameters(value.slice(scheme[0].length), ',');
  const realm = findParameter(parameters, 'realm');
  const nonce = findParameter(parameters, 'nonce');
  const statedAlgorithm = findParameter(parameters, 'algorithm');
  const algorithm = (statedAlgorithm ?? 'MD5').toUpperCase();
  const qop = findParameter(parameters, 'qop')?.split(',') ?? [];
  if (realm === undefined || nonce === undefined) return undefined;
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  const qopAuth = qop.some((offered) => offered.trim().toLowerCase() === 'auth');
  // Only `auth-int` is offered: nobody is known to, and it cannot be answered with the older form.
  if (qop.length > 0 && !qopAuth) return undefined;
  return {
    scheme: 'digest',
    realm,
    nonce,
    opaque: findParameter(parameters, 'opaque'),
    algorithm,
    statedAlgorithm,
    qopAuth,
    stale: findParameter(parameters, 'stale')?.toLowerCase() === 'true',
  };
}

function strength(challenge: Challenge): number {
  if (challenge.scheme === 'basic') return 0;
  return challenge.algorithm === 'MD5' ? 1 : 2;
}
