import type { KubeObject } from './object.ts';

/** Which objects of a resource are watched: by equality alone, so that they can be told here, too. */
export interface Selectors {
  labels?: Record<string, string>;
  /** By path, as the API server names them: `type`, `metadata.name`. */
  fields?: Record<string, string>;
}

/** The query parameters of a list or watch. */
export function formatSelectors(selectors: Selectors | undefined): Record<string, string> {
  const query: Record<string, string> = {};
  if (selectors?.labels !== undefined) query.labelSelector = join(selectors.labels);
  if (selectors?.fields !== undefined) query.fieldSelector = join(selectors.fields);
  return query;
}

export function isSelected(object: KubeObject, selectors: Selectors | undefined): boolean {
  const labels = Object.entries(selectors?.labels ?? {});
  const fields = Object.entries(selectors?.fields ?? {});
  return (
    labels.every(([name, value]) => object.metadata.labels?.[name] === value) &&
    fields.every(([path, value]) => fieldOf(object, path) === value)
  );
}

function fieldOf(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}

function join(pairs: Record<string, string>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
