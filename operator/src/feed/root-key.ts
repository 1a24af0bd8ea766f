/**
 * The key that the tiers' reader credentials are derived from, in a Secret of the operator's namespace. It is made
 * once. To replace it, a person moves `current` to `previous` and writes 32 new random bytes to `current`: readers
 * use the new credential from then on, and those who serve them take both until `previous` is removed.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Credential } from '@cupola/protocol';
import { LABELS, MANAGED_BY } from '../api/labels.ts';
import { ApiError } from '../kube/api-error.ts';
import type { SecretObject } from '../kube/caches.ts';
import type { KubeClient } from '../kube/client.ts';
import { RESOURCES, resourcePath } from '../kube/resource.ts';

/** The name of the Secret. */
export const ROOT_KEY_SECRET = 'cupola-operator-keys';

const KEY_BYTES = 32;

/** The Secret is there, but holds no key: nothing may be derived, as every reader would be locked out. */
export class RootKeyInvalidError extends Error {
  override readonly name = 'RootKeyInvalidError';
  readonly code = 'CUP_ROOT_KEY_INVALID';

  constructor(namespace: string) {
    super(
      `the Secret ${namespace}/${ROOT_KEY_SECRET} has no key "current" of at least ${KEY_BYTES} bytes; ` +
        'restore it, or delete the Secret to have new keys made',
    );
  }
}

export class RootKey {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #listeners = new Set<() => void>();
  #keys: { current: Buffer; previous: Buffer | undefined } | undefined;

  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Called when the keys are others than before: every plan that carries a derived credential is to be made anew. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes the Secret as the cache has it, or makes it. Safe against the other replica doing the same. */
  async ensure(cached: SecretObject | undefined): Promise<void> {
    const secret = cached ?? (await this.#createOrRead());
    if (!this.take(secret)) throw new RootKeyInvalidError(this.#namespace);
  }

  /** Takes what the Secret cache shows; false, and no change, where it holds no key. */
  take(secret: SecretObject): boolean {
    const current = decode(secret.data?.current);
    if (current === undefined) return false;
    const previous = decode(secret.data?.previous);
    const isSame = this.#keys?.current.equals(current) && isEqual(this.#keys.previous, previous);
    this.#keys = { current, previous };
    if (!isSame) for (const listener of this.#listeners) listener();
    return true;
  }

  /**
   * The credentials by which one consumer (a workload's tier, e.g. `<namespace>/<name>`) reads from the tiers
   * before it. The consumer uses the first; who serves it takes all. Never stored but in plan Secrets.
   */
  deriveCredentials(consumer: string): [Credential, ...Credential[]] {
    if (this.#keys === undefined) throw new TypeError('the root key is used before ensure()');
    const user = `tier-${consumer}`;
    const { current, previous } = this.#keys;
    const newest = { user, password: derivePassword(current, consumer) };
    return previous === undefined
      ? [newest]
      : [newest, { user, password: derivePassword(previous, consumer) }];
  }

  async #createOrRead(): Promise<SecretObject> {
    const body: SecretObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: ROOT_KEY_SECRET,
        namespace: this.#namespace,
        labels: { [LABELS.managedBy]: MANAGED_BY },
      },
      type: 'Opaque',
      data: { current: randomBytes(KEY_BYTES).toString('base64') },
    };
    const path = resourcePath(RESOURCES.Secret, this.#namespace);
    try {
      return (await this.#client.request('POST', path, { body })) as SecretObject;
    } catch (error) {
      if (!(error instanceof ApiError && error.isConflict)) throw error;
      return (await this.#client.request('GET', `${path}/${ROOT_KEY_SECRET}`)) as SecretObject;
    }
  }
}

/** The label keeps these passwords apart from whatever else may be derived from the key one day. */
function derivePassword(key: Buffer, consumer: string): string {
  return createHmac('sha256', key).update(`tier-reader\0${consumer}`).digest('base64url');
}

function decode(encoded: string | undefined): Buffer | undefined {
  const key = Buffer.from(encoded ?? '', 'base64');
  return key.length >= KEY_BYTES ? key : undefined;
}

function isEqual(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}
