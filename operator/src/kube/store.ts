import { formatKey, isOlder, type KubeObject, keyOf, type ObjectKey } from './object.ts';

/** What reconciliation sees of one kind: a copy that a watch keeps, read without asking the API server. */
export interface Store<T extends KubeObject> {
  get(namespace: string, name: string): T | undefined;
  /** Of one namespace, or all. Objects are shared: never change one. */
  list(namespace?: string): T[];
  readonly size: number;
}

/** What a change did to the store. */
export type StoreChange<T extends KubeObject> =
  | { type: 'added'; key: ObjectKey; object: T }
  | { type: 'modified'; key: ObjectKey; object: T; previous: T }
  | { type: 'deleted'; key: ObjectKey; previous: T };

/**
 * The store that a reflector fills. Each method returns what it changed, for the listeners.
 *
 * Guarantee: an object never goes back to an older resource version, whichever of a watch event, a page of a
 * list, or the answer to our own write comes first; and a deleted one does not come back by a late answer.
 */
export class ObjectStore<T extends KubeObject> implements Store<T> {
  readonly #namespaces = new Map<string, Map<string, T>>();
  #size = 0;
  /** The newest resource version that the list or the watch has shown. */
  #seen: string | undefined;

  get size(): number {
    return this.#size;
  }

  /** Up to where the store is complete; undefined before the first list. */
  get resourceVersion(): string | undefined {
    return this.#seen;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  list(namespace?: string): T[] {
    if (namespace !== undefined) return [...(this.#namespaces.get(namespace)?.values() ?? [])];
    return [...this.#namespaces.values()].flatMap((objects) => [...objects.values()]);
  }

  /** Takes an object from a watch event. */
  put(object: T): StoreChange<T> | undefined {
    this.observe(object.metadata.resourceVersion);
    return this.#set(object);
  }

  /** Takes the deletion of an object from a watch event, `object` as it last was. */
  delete(object: T): StoreChange<T> | undefined {
    this.observe(object.metadata.resourceVersion);
    const known = this.get(object.metadata.namespace ?? '', object.metadata.name);
    // A write of ours that made it anew may have been answered before the watch tells of the deletion.
    if (known === undefined || isOlder(object.metadata.resourceVersion, known.metadata.resourceVersion)) {
      return undefined;
    }
    return this.#remove(keyOf(object));
  }

  /** Takes a bookmark: the watch has told everything up to this version. */
  observe(resourceVersion: string | undefined): void {
    if (this.#seen === undefined || isOlder(this.#seen, resourceVersion)) this.#seen = resourceVersion;
  }

  /** Takes a whole list as of `resourceVersion`. What is in the store but not listed was deleted meanwhile. */
  replace(objects: readonly T[], resourceVersion: string): StoreChange<T>[] {
    const changes: StoreChange<T>[] = [];
    // A list is never behind the watch, but where the API server's data were restored from a backup.
    const isRewound = isOlder(resourceVersion, this.#seen);
    const listed = new Set(objects.map((object) => formatKey(keyOf(object))));
    for (const known of this.list()) {
      const isGone = !listed.has(formatKey(keyOf(known)));
      const isNewer = !isRewound && isOlder(resourceVersion, known.metadata.resourceVersion);
      const change = isGone && !isNewer ? this.#remove(keyOf(known)) : undefined;
      if (change !== undefined) changes.push(change);
    }
    for (const object of objects) {
      const change = this.#set(object, isRewound);
      if (change !== undefined) changes.push(change);
    }
    this.#seen = resourceVersion;
    return changes;
  }

  /**
   * Takes the answer to a write of ours, so that the next reconciliation sees it before the watch tells of it.
   * Ignored where the watch is already further: the object may have been deleted since.
   */
  offer(object: T): StoreChange<T> | undefined {
    if (this.#seen === undefined || !isOlder(this.#seen, object.metadata.resourceVersion)) return undefined;
    return this.#set(object);
  }

  #set(object: T, isRewound = false): StoreChange<T> | undefined {
    const key = keyOf(object);
    const previous = this.get(key.namespace, key.name);
    if (previous === undefined) {
      const objects = this.#namespaces.get(key.namespace) ?? new Map<string, T>();
      this.#namespaces.set(key.namespace, objects.set(key.name, object));
      this.#size++;
      return { type: 'added', key, object };
    }
    const isNews = isRewound
      ? previous.metadata.resourceVersion !== object.metadata.resourceVersion
      : isOlder(previous.metadata.resourceVersion, object.metadata.resourceVersion);
    if (!isNews) return undefined;
    this.#namespaces.get(key.namespace)?.set(key.name, object);
    return { type: 'modified', key, object, previous };
  }

  #remove(key: ObjectKey): StoreChange<T> | undefined {
    const objects = this.#namespaces.get(key.namespace);
    const previous = objects?.get(key.name);
    if (objects === undefined || previous === undefined) return undefined;
    objects.delete(key.name);
    this.#size--;
    if (objects.size === 0) this.#namespaces.delete(key.namespace);
    return { type: 'deleted', key, previous };
  }
}
