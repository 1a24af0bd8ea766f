/**
 * The lists that Kubernetes merges by key rather than as one value (`x-kubernetes-list-map-keys`, in the API's
 * structs `patchMergeKey`), by the name of their field. Others may own more items of them than we do; any
 * other list is ours as a whole.
 */
const MERGE_KEYS: Record<string, readonly string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  ownerReferences: ['uid'],
  cameras: ['name'],
};

/**
 * The merge keys of the list `field` that holds `item`; undefined where the list is one value. Services and
 * containers both have `ports`, merged by `port` or `containerPort`, each with `protocol`.
 */
export function mergeKeysOf(field: string, item: unknown): readonly string[] | undefined {
  if (field !== 'ports') return MERGE_KEYS[field];
  const isOfContainer = typeof item === 'object' && item !== null && 'containerPort' in item;
  return isOfContainer ? ['containerPort', 'protocol'] : ['port', 'protocol'];
}
