import type { SiteObject } from '../kube/caches.ts';
import type { Store } from '../kube/store.ts';
import { originalPath } from '../topology/stream-paths.ts';

/**
 * The streams that only one side can have: of cameras that push once, or allow one session. Made anew when it is
 * asked for after a change of some Site.
 */
export class OncePaths {
  readonly #sites: Pick<Store<SiteObject>, 'list'>;
  #paths: ReadonlySet<string> | undefined;

  constructor(sites: Pick<Store<SiteObject>, 'list'>) {
    this.#sites = sites;
  }

  forget(): void {
    this.#paths = undefined;
  }

  has(path: string): boolean {
    this.#paths ??= new Set(this.#sites.list().flatMap(listOnce));
    return this.#paths.has(path);
  }
}

function listOnce({ metadata, spec }: SiteObject): string[] {
  return (spec.cameras ?? [])
    .filter(({ push, pull }) => (push ?? pull)?.sides === 'Active')
    .map(({ name }) => originalPath(metadata.namespace ?? '', metadata.name, name));
}
