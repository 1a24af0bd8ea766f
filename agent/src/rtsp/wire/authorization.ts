/** The `Authorization` header that answers a challenge, as a client. */
import { createHash } from 'node:crypto';
import type { Challenge, DigestChallenge } from './challenge.ts';
import { quoteParameter } from './parameters.ts';

export interface AuthorizedRequest {
  readonly method: string;
  /** Exactly as in the request line: servers compare. */
  readonly url: string;
}

export interface DigestUse {
  /** Requests made with this nonce, this one counted. */
  readonly count: number;
  /** Of the client, new for every request. */
  readonly cnonce: string;
}

/** User and password go out in UTF-8 (RFC 7617 section 2.1, RFC 7616 section 4). */
export function formatAuthorization(
  challenge: Challenge,
  credential: { readonly user: string; readonly password: string },
  request: AuthorizedRequest,
  use: DigestUse,
): string {
  if (challenge.scheme === 'basic') {
    return `Basic ${Buffer.from(`${credential.user}:${credential.password}`, 'utf8').toString('base64')}`;
  }
  return formatDigest(challenge, credential, request, use);
}

function formatDigest(
  challenge: DigestChallenge,
  credential: { readonly user: string; readonly password: string },
  request: AuthorizedRequest,
  use: DigestUse,
): string {
  const hash = (...parts: Buffer[]) => hashHex(challenge.algorithm, Buffer.concat(parts));
  // The realm and nonce are the server's own bytes, which were read as Latin-1.
  const user = hash(utf8(`${credential.user}:`), latin1(`${challenge.realm}:`), utf8(credential.password));
  const asked = hash(latin1(`${request.method}:${request.url}`));
  const count = use.count.toString(16).padStart(8, '0');
  const nonces = challenge.qopAuth ? `${challenge.nonce}:${count}:${use.cnonce}:auth` : challenge.nonce;
  const fields = [
    // Header text is written as Latin-1: the bytes of UTF-8 are put in one a character.
    `username=${quoteParameter(utf8(credential.user).toString('latin1'))}`,
    `realm=${quoteParameter(challenge.realm)}`,
    `nonce=${quoteParameter(challenge.nonce)}`,
    `uri=${quoteParameter(request.url)}`,
    `response="${hash(latin1(`${user}:${nonces}:${asked}`))}"`,
  ];
  if (challenge.statedAlgorithm !== undefined) fields.push(`algorithm=${challenge.algorithm}`);
  if (challenge.opaque !== undefined) fields.push(`opaque=${quoteParameter(challenge.opaque)}`);
  if (challenge.qopAuth) fields.push(`qop=auth, nc=${count}, cnonce="${use.cnonce}"`);
  return `Digest ${fields.join(', ')}`;
}

function hashHex(algorithm: DigestChallenge['algorithm'], content: Buffer): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(content)
    .digest('hex');
}

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
