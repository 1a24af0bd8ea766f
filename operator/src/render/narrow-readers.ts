import type { PlannedPath, Reader } from '@cupola/protocol';

/**
 * The readers with as much of the renditions as the plan has some of: nobody may read ahead, a worker admits those alone
 * who take something from it, and a plan without renditions does not speak of them.
 */
export function narrowReaders(readers: readonly Reader[], planned: readonly PlannedPath[]): Reader[] {
  const renditions = planned.map(({ path }) => path).filter((path) => path.startsWith('compressed/'));
  const isUsed = (prefix: string) =>
    !prefix.startsWith('compressed/') || renditions.some((path) => path.startsWith(prefix));
  return readers.flatMap(({ credential, paths }) => {
    const used = paths.filter(isUsed);
    return used.length === 0 ? [] : [{ credential, paths: used }];
  });
}
