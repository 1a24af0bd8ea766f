import type { Credential } from '@cupola/protocol';
import { PROBLEM_REASONS } from '../api/reasons.ts';
import type { CredentialRef } from '../api/references.ts';
import type { Problem } from './problem.ts';

/** What is read of a Secret; values in base64, as on the wire. */
export interface SecretData {
  data?: Readonly<Record<string, string>>;
}

/** The Secrets that credentials are taken from. */
export interface CredentialSecrets {
  /** Of type kubernetes.io/basic-auth, whoever made it. */
  findBasicAuth(namespace: string, name: string): SecretData | undefined;
  /** Made by the operator. */
  findGenerated(namespace: string, name: string): SecretData | undefined;
}

export type CredentialResult = { credential: Credential } | { problem: Problem };

/** The credential in the Secret that `field` refers to. The problem never holds what the Secret does. */
export function readBasicAuth(
  secrets: CredentialSecrets,
  namespace: string,
  ref: CredentialRef,
  field: string,
): CredentialResult {
  const secret = secrets.findBasicAuth(namespace, ref.name);
  const fail = (reason: Problem['reason'], message: string, remedy: string): CredentialResult => ({
    problem: { reason, field, message, remedy },
  });
  if (secret === undefined) {
    const message = `there is no Secret ${namespace}/${ref.name} of type kubernetes.io/basic-auth`;
    const remedy = `kubectl create secret generic ${ref.name} -n ${namespace} --type kubernetes.io/basic-auth --from-literal username=... --from-literal password=...`;
    return fail(PROBLEM_REASONS.secretNotFound, message, remedy);
  }
  const user = decodeText(secret.data?.username);
  const password = decodeText(secret.data?.password);
  const fault =
    findFault('username', user) ??
    findFault('password', password) ??
    (user?.includes(':') ? 'its username has a colon, which no basic authentication carries' : undefined);
  if (fault !== undefined || user === undefined || password === undefined) {
    const message = `Secret ${namespace}/${ref.name}: ${fault}`;
    return fail(PROBLEM_REASONS.secretInvalid, message, 'correct the Secret; nothing else needs to change');
  }
  return { credential: { user, password } };
}

/** The text of a Secret's value. */
export function decodeText(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}

export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function findFault(key: string, value: string | undefined): string | undefined {
  if (value === undefined) return `it lacks the key ${key}`;
  if (value === '') return `its ${key} is empty`;
  if (/[\r\n]$/.test(value)) return `its ${key} ends in a line break (echo without -n writes one)`;
  if (/\p{Cc}|\uFFFD/u.test(value)) return `its ${key} has a control character or is not UTF-8`;
  return undefined;
}
