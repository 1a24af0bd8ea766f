/** What has to happen to bring one plan's paths to another's. Pure; what did not change is in no list. */
import type { Leg, PlannedPath, Source } from '@cupola/protocol';

export interface PathDifference {
  readonly closed: readonly PlannedPath[];
  readonly opened: readonly PlannedPath[];
  /** Same origin (`publish`, `legs`, `transcode`), something else in it changed. */
  readonly altered: readonly PlannedPath[];
}

export function diffPaths(before: readonly PlannedPath[], after: readonly PlannedPath[]): PathDifference {
  const old = new Map(before.map((path) => [path.path, path]));
  const closed: PlannedPath[] = [];
  const opened: PlannedPath[] = [];
  const altered: PlannedPath[] = [];
  for (const path of after) {
    const was = old.get(path.path);
    old.delete(path.path);
    if (was === undefined) opened.push(path);
    else if (!hasSameOrigin(was.source, path.source)) {
      closed.push(was);
      opened.push(path);
    } else if (JSON.stringify(was.source) !== JSON.stringify(path.source)) altered.push(path);
  }
  return { closed: [...closed, ...old.values()], opened, altered };
}

function hasSameOrigin(one: Source, other: Source): boolean {
  if (one.from !== 'legs' || other.from !== 'legs') return one.from === other.from;
  return one.forEncodersOnly === other.forEncodersOnly;
}

export interface LegDifference {
  readonly closed: readonly string[];
  /** New, or with another URL or credential. */
  readonly opened: readonly Leg[];
}

export function diffLegs(before: readonly Leg[], after: readonly Leg[]): LegDifference {
  const isSame = (a: Leg, b: Leg): boolean =>
    a.url === b.url &&
    a.credential?.user === b.credential?.user &&
    a.credential?.password === b.credential?.password;
  const kept = (leg: Leg, others: readonly Leg[]): boolean =>
    others.some((other) => other.id === leg.id && isSame(leg, other));
  return {
    closed: before.filter((leg) => !kept(leg, after)).map((leg) => leg.id),
    opened: after.filter((leg) => !kept(leg, before)),
  };
}
