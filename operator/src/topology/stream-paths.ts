/** A stream's path: the same on every tier, but at a relay of another cluster. */

export function originalPath(namespace: string, site: string, camera: string): string {
  return `${sitePaths(namespace, site)}${camera}`;
}

/** A rendition of a camera: what an encoder makes of its original, or a second stream of its own. */
export function compressedPath(namespace: string, site: string, camera: string, rendition: string): string {
  return `${siteRenditions(namespace, site)}${camera}/${rendition}`;
}

/** What the paths of all originals of a Site begin with. */
export function sitePaths(namespace: string, site: string): string {
  return `original/${namespace}/${site}/`;
}

/** What the paths of all renditions of a Site begin with. */
export function siteRenditions(namespace: string, site: string): string {
  return `compressed/${namespace}/${site}/`;
}

/** `path` of another cluster's stream, at a relay that gives it a prefix. */
export function prefixPath(prefix: string, path: string): string {
  return path.replace('/', `/${prefix}/`);
}

const LOCAL_SEGMENTS: Readonly<Record<string, number>> = { original: 4, compressed: 5 };

/** `<namespace>/<site>` of a local stream; undefined for one of another cluster. */
export function siteOfPath(path: string): string | undefined {
  const [tree = '', namespace, site, ...rest] = path.split('/');
  return rest.length + 3 === LOCAL_SEGMENTS[tree] ? `${namespace}/${site}` : undefined;
}
