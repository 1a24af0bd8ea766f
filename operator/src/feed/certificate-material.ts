/** The feed's certificate authority and server certificate as a Secret holds them, and when which is replaced. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** PEM, all of it. */
export interface CertificateMaterial {
  /** Signs the server certificate. */
  ca: { cert: string; key: string };
  /** Signs the next ones; trusted already, so that agents know it before it is used. */
  nextCa: { cert: string; key: string } | undefined;
  /** Signed the one before; trusted as long as agents may meet a certificate of its. */
  previousCaCert: string | undefined;
  server: { cert: string; key: string };
}

export const CA_LIFE_DAYS = 3 * 365;
export const SERVER_LIFE_DAYS = 90;
/** How long a next CA is spread in plan Secrets before it signs: mounted copies follow within minutes. */
const SPREAD_DAYS = 1;

const DAY_MS = 24 * 60 * 60 * 1000;

export type Rotation = 'none' | 'prepare-ca' | 'promote-ca' | 'renew-server';

/**
 *     CA in its last third, no next one     -> prepare-ca    next CA made, trusted from now on
 *     next CA spread for a day              -> promote-ca    it signs from now on; the old one stays trusted
 *     server certificate in its last third, or of other names -> renew-server
 */
export function planRotation(
  material: CertificateMaterial,
  hosts: readonly string[],
  nowMs: number,
): Rotation {
  if (material.nextCa !== undefined) {
    const spreadMs = nowMs - new X509Certificate(material.nextCa.cert).validFromDate.getTime();
    if (spreadMs > SPREAD_DAYS * DAY_MS) return 'promote-ca';
  } else if (isInLastThird(material.ca.cert, nowMs)) {
    return 'prepare-ca';
  }
  const server = new X509Certificate(material.server.cert);
  const isNamed = hosts.every((host) => server.checkHost(host) !== undefined);
  return !isNamed || isInLastThird(material.server.cert, nowMs) ? 'renew-server' : 'none';
}

/** Every CA that an agent must trust now, PEM. */
export function bundleOf(material: CertificateMaterial): string {
  return [material.ca.cert, material.nextCa?.cert, material.previousCaCert]
    .filter((cert) => cert !== undefined)
    .map((cert) => cert.trim())
    .join('\n')
    .concat('\n');
}

/** The data of the Secret, base64. */
export function formatMaterial(material: CertificateMaterial): Record<string, string> {
  const files: Record<string, string | undefined> = {
    'ca.crt': material.ca.cert,
    'ca.key': material.ca.key,
    'next-ca.crt': material.nextCa?.cert,
    'next-ca.key': material.nextCa?.key,
    'previous-ca.crt': material.previousCaCert,
    'tls.crt': material.server.cert,
    'tls.key': material.server.key,
  };
  const data: Record<string, string> = {};
  for (const [name, text] of Object.entries(files)) {
    if (text !== undefined) data[name] = Buffer.from(text).toString('base64');
  }
  return data;
}

/** Undefined where something is missing, is no certificate or has another's key: it must be made anew. */
export function parseMaterial(data: Record<string, string> | undefined): CertificateMaterial | undefined {
  const read = (name: string) => {
    const encoded = data?.[name];
    return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
  };
  const ca = pair(read('ca.crt'), read('ca.key'));
  const server = pair(read('tls.crt'), read('tls.key'));
  if (ca === undefined || server === undefined) return undefined;
  const nextCa = pair(read('next-ca.crt'), read('next-ca.key'));
  return { ca, nextCa, previousCaCert: read('previous-ca.crt'), server };
}

function pair(cert: string | undefined, key: string | undefined) {
  if (cert === undefined || key === undefined) return undefined;
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

function isInLastThird(cert: string, nowMs: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  const lifeMs = validToDate.getTime() - validFromDate.getTime();
  return validToDate.getTime() - nowMs < lifeMs / 3;
}
