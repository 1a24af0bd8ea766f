import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  bundleOf,
  CA_LIFE_DAYS,
  type CertificateMaterial,
  formatMaterial,
  parseMaterial,
  planRotation,
  SERVER_LIFE_DAYS,
} from './certificate-material.ts';
import { issueCa, issueServer } from './issue-certificate.ts';

const HOSTS = ['cupola-feed.here.svc', 'cupola-feed.here.svc.cluster.local'];
const DAY_MS = 86_400_000;
const MADE_MS = Date.UTC(2030, 0, 1);

describe("the feed's certificates", () => {
  let material: CertificateMaterial;

  beforeAll(async () => {
    const ca = await issueCa('test', CA_LIFE_DAYS, MADE_MS);
    const server = await issueServer(ca, HOSTS, SERVER_LIFE_DAYS, MADE_MS);
    material = { ca, nextCa: undefined, previousCaCert: undefined, server };
  });

  it('are a CA that signs certificates alone, and a server certificate of all names by it', () => {
    const ca = new X509Certificate(material.ca.cert);
    const server = new X509Certificate(material.server.cert);
    expect(ca.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(server.checkIssued(ca)).toBe(true);
    for (const host of HOSTS) expect(server.checkHost(host)).toBe(host);
  });

  it('come back from a Secret as they went in, and not from a broken one', () => {
    const data = formatMaterial(material);
    expect(parseMaterial(data)).toEqual(material);
    expect(parseMaterial({ ...data, 'tls.crt': 'bm9uc2Vuc2U=' })).toBeUndefined();
    expect(parseMaterial({ ...data, 'tls.key': data['ca.key'] ?? '' })).toBeUndefined();
    expect(parseMaterial({ 'ca.crt': data['ca.crt'] ?? '' })).toBeUndefined();
    expect(parseMaterial(undefined)).toBeUndefined();
  });

  it('are left alone while young, and replaced in their last third', () => {
    expect(planRotation(material, HOSTS, MADE_MS)).toBe('none');
    expect(planRotation(material, HOSTS, MADE_MS + (SERVER_LIFE_DAYS / 2) * DAY_MS)).toBe('none');
    expect(planRotation(material, HOSTS, MADE_MS + SERVER_LIFE_DAYS * 0.7 * DAY_MS)).toBe('renew-server');
    expect(planRotation(material, HOSTS, MADE_MS + CA_LIFE_DAYS * 0.7 * DAY_MS)).toBe('prepare-ca');
  });

  it('are replaced when a name is missing', () => {
    expect(planRotation(material, [...HOSTS, 'cupola-feed.there.svc'], MADE_MS)).toBe('renew-server');
  });

  it('change their CA only after the next has been trusted for a day, and trust the old one on', async () => {
    const lateMs = MADE_MS + CA_LIFE_DAYS * 0.7 * DAY_MS;
    const nextCa = await issueCa('next', CA_LIFE_DAYS, lateMs);
    const server = await issueServer(material.ca, HOSTS, SERVER_LIFE_DAYS, lateMs);
    const spreading = { ...material, server, nextCa };
    expect(planRotation(spreading, HOSTS, lateMs + DAY_MS / 2)).toBe('none');
    expect(planRotation(spreading, HOSTS, lateMs + 1.1 * DAY_MS)).toBe('promote-ca');
    expect(bundleOf(spreading).match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(bundleOf({ ...material, previousCaCert: nextCa.cert })).toContain(nextCa.cert.trim());
  });
});
