/**
 * The certificate in use on the feed. It lives in a Secret of the operator's namespace that whoever comes first
 * makes; all replicas follow the Secret, the leader replaces what ages, and agents learn of CAs by plan Secrets.
 */
import { X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import { LABELS, MANAGED_BY } from '../api/labels.ts';
import { ApiError } from '../kube/api-error.ts';
import type { SecretObject } from '../kube/caches.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import { isOlder } from '../kube/object.ts';
import { RESOURCES, resourcePath } from '../kube/resource.ts';
import type { WriteGuard } from '../kube/write-guard.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import {
  bundleOf,
  CA_LIFE_DAYS,
  type CertificateMaterial,
  formatMaterial,
  parseMaterial,
  planRotation,
  type Rotation,
  SERVER_LIFE_DAYS,
} from './certificate-material.ts';

/** The name of the Secret. */
export const FEED_TLS_SECRET = 'cupola-feed-tls';

export interface FeedCertificateOptions {
  client: KubeClient;
  namespace: string;
  /** Every name by which agents reach the feed. */
  hosts: readonly string[];
  clock: Clock;
  logger: Logger;
  metrics: OperatorMetrics;
}

export class FeedCertificate {
  readonly #options: FeedCertificateOptions;
  readonly #listeners = new Set<() => void>();
  #current: { secret: SecretObject; material: CertificateMaterial } | undefined;

  constructor(options: FeedCertificateOptions) {
    this.#options = options;
  }

  /** Certificate and key of the server, PEM. */
  get server(): { cert: string; key: string } {
    return this.#require().material.server;
  }

  /** The CAs for plan Secrets (FEED_CA_KEY), PEM. */
  get caBundle(): string {
    return bundleOf(this.#require().material);
  }

  /** Ms since the epoch; undefined before there is one. */
  get expiresMs(): number | undefined {
    const cert = this.#current?.material.server.cert;
    return cert === undefined ? undefined : new X509Certificate(cert).validToDate.getTime();
  }

  /** Called when the Secret has brought another certificate or bundle. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes the Secret as the cache has it, or makes it. Safe against the other replica doing the same. */
  async ensure(cached: SecretObject | undefined): Promise<void> {
    if (cached !== undefined && this.#use(cached)) return;
    const { client, namespace } = this.#options;
    const data = formatMaterial(await this.#make());
    try {
      const body = { ...newSecret(namespace), data };
      this.#use(
        (await client.request('POST', resourcePath(RESOURCES.Secret, namespace), { body })) as SecretObject,
      );
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict)) throw error;
      const path = resourcePath(RESOURCES.Secret, namespace, FEED_TLS_SECRET);
      const other = (await client.request('GET', path)) as SecretObject;
      // Somebody has broken it: there is nothing in it to keep.
      if (!this.#use(other)) await this.#replace({ ...other, data });
    }
  }

  /** Takes what the Secret cache shows. One that is broken is ignored: the certificate in use stays. */
  take(secret: SecretObject): void {
    if (isOlder(this.#current?.secret.metadata.resourceVersion, secret.metadata.resourceVersion))
      this.#use(secret);
  }

  /** For the leader, now and then: replaces what has aged. One step a call; the next call makes the next. */
  async rotate(guard: WriteGuard): Promise<Rotation> {
    const { secret, material } = this.#require();
    const rotation = planRotation(material, this.#options.hosts, this.#options.clock.wallMs());
    if (rotation === 'none') return rotation;
    const next = await this.#rotated(material, rotation);
    await this.#replace({ ...secret, data: formatMaterial(next) }, guard.enter());
    this.#options.logger.info({ rotation }, 'feed certificate replaced');
    return rotation;
  }

  #require() {
    if (this.#current === undefined) throw new TypeError('the feed certificate is used before ensure()');
    return this.#current;
  }

  /** False where the Secret holds no usable certificate. */
  #use(secret: SecretObject): boolean {
    const material = parseMaterial(secret.data);
    if (material === undefined) return false;
    const before = this.#current?.material;
    this.#current = { secret, material };
    this.#options.metrics.feedCertificateExpiry.set((this.expiresMs ?? 0) / 1000);
    const isSame =
      before !== undefined &&
      before.server.cert === material.server.cert &&
      bundleOf(before) === bundleOf(material);
    if (!isSame) for (const listener of this.#listeners) listener();
    return true;
  }

  /** With the resource version that was read: what another has written meanwhile is not lost. */
  async #replace(secret: SecretObject, signal?: AbortSignal): Promise<void> {
    const path = resourcePath(RESOURCES.Secret, this.#options.namespace, FEED_TLS_SECRET);
    const body = { ...secret, apiVersion: 'v1', kind: 'Secret' };
    const options = signal === undefined ? { body } : { body, signal };
    this.#use((await this.#options.client.request('PUT', path, options)) as SecretObject);
  }

  async #make(): Promise<CertificateMaterial> {
    const ca = await this.#issueCa();
    return { ca, nextCa: undefined, previousCaCert: undefined, server: await this.#issueServer(ca) };
  }

  async #rotated(
    material: CertificateMaterial,
    rotation: Exclude<Rotation, 'none'>,
  ): Promise<CertificateMaterial> {
    switch (rotation) {
      case 'prepare-ca':
        return { ...material, nextCa: await this.#issueCa() };
      case 'promote-ca': {
        const ca = material.nextCa ?? (await this.#issueCa());
        return {
          ca,
          nextCa: undefined,
          previousCaCert: material.ca.cert,
          server: await this.#issueServer(ca),
        };
      }
      case 'renew-server':
        return { ...material, server: await this.#issueServer(material.ca) };
    }
  }

  async #issueCa() {
    const { issueCa } = await import('./issue-certificate.ts');
    return await issueCa('cupola-feed', CA_LIFE_DAYS, this.#options.clock.wallMs());
  }

  async #issueServer(ca: { cert: string; key: string }) {
    const { issueServer } = await import('./issue-certificate.ts');
    return await issueServer(ca, this.#options.hosts, SERVER_LIFE_DAYS, this.#options.clock.wallMs());
  }
}

function newSecret(namespace: string): SecretObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: FEED_TLS_SECRET, namespace, labels: { [LABELS.managedBy]: MANAGED_BY } },
    type: 'Opaque',
  };
}
