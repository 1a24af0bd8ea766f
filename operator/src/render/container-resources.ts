import type { Resources } from '../api/media-tier.ts';

export type ContainerResources = NonNullable<Resources['agent']>;

/** For a few cameras; a busy tier should ask for more. Measured: 20 cameras take 0.08 core and 60 to 90 MB. */
const DEFAULT_REQUESTS = { cpu: '50m', memory: '96Mi' } as const;

/**
 * What a container asks for. A resource that has only a limit is left alone: Kubernetes asks for as much as
 * the limit then, and a default above the limit would be refused.
 */
export function fillResources(given: ContainerResources = {}): ContainerResources {
  const requests: NonNullable<ContainerResources['requests']> = { ...given.requests };
  for (const resource of ['cpu', 'memory'] as const) {
    if (given.limits?.[resource] === undefined) requests[resource] ??= DEFAULT_REQUESTS[resource];
  }
  return given.limits === undefined ? { requests } : { requests, limits: given.limits };
}
