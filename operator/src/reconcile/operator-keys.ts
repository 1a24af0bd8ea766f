import { LABELS, MANAGED_BY } from '../api/labels.ts';
import type { SecretObject } from '../kube/caches.ts';
import type { ReaderKeys } from '../render/tier-reader.ts';
import type { ReconcileContext } from './context.ts';

/**
 * The Secret with the root key of the tiers' readers. To replace the key: move `current` to `previous`, put 32
 * new random bytes into `current`; once every plan has taken it, drop `previous`.
 */
export const OPERATOR_KEYS = 'cupola-operator-keys';

const KEY_BYTES = 32;

/** The keys, made at the first call in a cluster and never overwritten. */
export async function ensureOperatorKeys(context: ReconcileContext): Promise<ReaderKeys> {
  const { caches, applier, settings } = context;
  const live = caches.Secret.get(settings.namespace, OPERATOR_KEYS) ?? (await create());
  const { current, previous } = live.data ?? {};
  if (!current) {
    throw new Error(
      `Secret ${settings.namespace}/${OPERATOR_KEYS} lacks the key "current": delete it to have it made anew`,
    );
  }
  return previous ? { current, previous } : { current };

  function create(): Promise<SecretObject> {
    return applier.createIfAbsent<SecretObject>({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: OPERATOR_KEYS,
        namespace: settings.namespace,
        labels: { [LABELS.managedBy]: MANAGED_BY },
      },
      type: 'Opaque',
      data: { current: context.randomBytes(KEY_BYTES).toString('base64') },
    });
  }
}
