import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../cluster/command.ts';
import { toolPath } from '../cluster/tools.ts';
import { end, keepErrors, onLine, startChild } from '../peers/child.ts';
import { Waiting } from '../peers/waiting.ts';
import { BUDGETS } from './budgets.ts';

/** What every Kubernetes object has, and the rest as it came. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
}

/** kubectl with the administrator's rights: the same commands that a person types. */
export class Kubectl {
  readonly #program: string;
  readonly #kubeconfig: string;

  private constructor(program: string, kubeconfig: string) {
    this.#program = program;
    this.#kubeconfig = kubeconfig;
  }

  static async open(kubeconfig: string): Promise<Kubectl> {
    return new Kubectl(await toolPath('kubectl'), kubeconfig);
  }

  /** Runs a command to its end; gives its output, throws what it printed as error. */
  run(args: readonly string[], input?: string, timeoutMs: number = BUDGETS.kubectl): Promise<string> {
    const options = input === undefined ? { timeoutMs } : { input, timeoutMs };
    return run(this.#program, [`--kubeconfig=${this.#kubeconfig}`, ...args], options);
  }

  /** `kubectl apply` of objects or of YAML text. */
  async apply(manifest: readonly object[] | string): Promise<void> {
    const text =
      typeof manifest === 'string'
        ? manifest
        : manifest.map((object) => JSON.stringify(object)).join('\n---\n');
    await this.run(['apply', '-f', '-'], text);
  }

  /** `kubectl patch` (JSON merge patch); by a file, since the patch may hold a password. */
  async patch(namespace: string, object: string, patch: object): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'cupola-patch-'));
    try {
      const file = path.join(folder, 'patch.json');
      await writeFile(file, JSON.stringify(patch), { mode: 0o600 });
      await this.run(['-n', namespace, 'patch', object, '--type=merge', `--patch-file=${file}`]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** An object or list by its path below the API server's root. */
  async get<T>(objectPath: string): Promise<T> {
    return JSON.parse(await this.run(['get', '--raw', objectPath])) as T;
  }

  /**
   * Watches a collection until the check gives something; resolves with that.
   * @param collectionPath of the collection, with selectors as query where wanted
   * @param check sees all objects of the collection, first when they are complete, then after each change
   */
  async until<T extends KubeObject, R>(
    what: string,
    collectionPath: string,
    check: (objects: T[]) => R | undefined | false | null,
    budgetMs: number,
  ): Promise<R> {
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const url = `${collectionPath}${collectionPath.includes('?') ? '&' : '?'}${query}`;
    const child = startChild(this.#program, [`--kubeconfig=${this.#kubeconfig}`, 'get', '--raw', url]);
    const errors = keepErrors(child);
    const waiting = new Waiting();
    const collection = new WatchedCollection<T>();
    let found: R | undefined | false | null;
    onLine(child, (line) => {
      try {
        collection.take(line);
        if (collection.isComplete) found ||= check(collection.objects);
        waiting.arrived();
      } catch (cause) {
        waiting.fail(new Error(`The watch of ${collectionPath} failed: ${String(cause)}`, { cause }));
      }
    });
    child.once('exit', () =>
      waiting.fail(new Error(`The watch of ${collectionPath} ended: ${errors.join(' ')}`)),
    );
    try {
      await waiting.until(what, () => Boolean(found), budgetMs);
    } catch (error) {
      throw new Error(`${String(error)} Last seen: ${collection.describe()}`, { cause: error });
    } finally {
      await end(child);
    }
    return found as R;
  }
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** The objects of a watch with initial events (KEP-3157): complete from the annotated bookmark on. */
class WatchedCollection<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  isComplete = false;

  get objects(): T[] {
    return [...this.#objects.values()];
  }

  take(line: string): void {
    const { type, object } = JSON.parse(line) as WatchEvent<T>;
    if (type === 'ERROR') throw new Error(`The API server ended a watch: ${line}`);
    if (type === 'BOOKMARK') this.isComplete = true;
    else if (type === 'DELETED') this.#objects.delete(object.metadata.uid);
    else this.#objects.set(object.metadata.uid, object);
  }

  /** What a person needs of a failure: names and conditions, or the beginning of what is there instead. */
  describe(): string {
    return this.objects
      .map((object) => `${object.metadata.name}: ${describeStatus(object)}`.slice(0, 2_000))
      .join('; ');
  }
}

function describeStatus(object: KubeObject & { status?: { conditions?: unknown } }): string {
  return JSON.stringify(object.status?.conditions ?? object.status ?? object.metadata.labels ?? {});
}
