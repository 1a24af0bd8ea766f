/** A stream's path: the same on every tier, but at a relay of another cluster. */

export function originalPath(namespace: string, site: string, camera: string): string {
  return `${sitePaths(namespace, site)}${camera}`;
}

/** What the paths of all originals of a Site begin with. */
export function sitePaths(namespace: string, site: string): string {
  return `original/${namespace}/${site}/`;
}

/** `path` of another cluster's stream, at a relay that gives it a prefix. */
export function prefixPath(prefix: string, path: string): string {
  return path.replace('/', `/${prefix}/`);
}

/** `<namespace>/<site>` of a local original; undefined for one of another cluster. */
export function siteOfPath(path: string): string | undefined {
  const [, namespace, site, , ...rest] = path.split('/');
  return rest.length > 0 || site === undefined ? undefined : `${namespace}/${site}`;
}
