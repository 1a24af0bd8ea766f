/** What one client knows of a server's authentication: the last challenge and how often its nonce was used. */
import { randomBytes } from 'node:crypto';
import type { Credential } from '@cupola/protocol';
import { formatAuthorization } from './wire/authorization.ts';
import { type Challenge, chooseChallenge } from './wire/challenge.ts';
import type { HeaderList } from './wire/header-list.ts';

export class Authenticator {
  readonly #credential: Credential | undefined;
  #challenge: Challenge | undefined;
  #used = 0;

  constructor(credential: Credential | undefined) {
    this.#credential = credential;
  }

  /** The header for the next request; undefined before the first challenge and without a credential. */
  authorize(method: string, url: string): string | undefined {
    if (!this.#challenge || !this.#credential) return undefined;
    this.#used++;
    const use = { count: this.#used, cnonce: randomBytes(8).toString('hex') };
    return formatAuthorization(this.#challenge, this.#credential, { method, url }, use);
  }

  /**
   * Takes the challenge of a 401. Whether the same request is worth sending again: not where the credential
   * was refused, or where nothing that is asked for can be given.
   */
  accept(headers: HeaderList): boolean {
    const challenge = chooseChallenge(headers);
    if (!challenge || !this.#credential) return false;
    const before = this.#challenge;
    const isNew =
      !before ||
      (challenge.scheme === 'digest' &&
        (before.scheme !== 'digest' || challenge.stale || challenge.nonce !== before.nonce));
    if (isNew) {
      this.#challenge = challenge;
      this.#used = 0;
    }
    return isNew;
  }
}
