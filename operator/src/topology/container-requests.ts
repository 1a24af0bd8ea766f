import type { Resources } from '../api/media-tier.ts';

export type ContainerResources = NonNullable<Resources['agent']>;

/**
 * What a container asks for. A resource that has only a limit is left alone: Kubernetes asks for as much as the limit
 * then, and a default above the limit would be refused.
 */
export function fillRequests(
  given: ContainerResources = {},
  defaults: { readonly cpu: string; readonly memory: string },
): ContainerResources {
  const requests: NonNullable<ContainerResources['requests']> = { ...given.requests };
  for (const resource of ['cpu', 'memory'] as const) {
    if (given.limits?.[resource] === undefined) requests[resource] ??= defaults[resource];
  }
  return given.limits === undefined ? { requests } : { requests, limits: given.limits };
}
