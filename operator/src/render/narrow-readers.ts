import type { PlannedPath, Reader } from '@cupola/protocol';

/**
 * The readers with as much of the renditions as the plan has some of: nobody may read ahead, a worker admits those alone
 * who take something from it, and a plan without renditions does not speak of them.
 */
export function narrowReaders(readers: readonly Reader[], planned: readonly PlannedPath[]): Reader[] {
  const folders = new Set(
    planned.flatMap(({ path }) => (path.startsWith(RENDITIONS) ? listFolders(path) : [])),
  );
  const isUsed = (prefix: string) => !prefix.startsWith(RENDITIONS) || folders.has(prefix);
  return readers.flatMap(({ credential, paths }) => {
    const used = paths.filter(isUsed);
    return used.length === 0 ? [] : [{ credential, paths: used }];
  });
}

const RENDITIONS = 'compressed/';

/** `a/`, `a/b/` of `a/b/c`: what a reader's prefix may be. */
function listFolders(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    folders.push(path.slice(0, end + 1));
  }
  return folders;
}
