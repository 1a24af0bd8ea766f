import type { Exposure } from '../api/exposure.ts';
import type { Protocol } from '../api/media-tier.ts';
import type { Endpoint, ObservedService } from './observed-shard.ts';
import { PROTOCOL_PORTS } from './protocol-ports.ts';

/**
 * Where people reach a Service of an exposed tier; undefined while nobody can: the API server has not yet given
 * it ports, or no load balancer has taken it.
 */
export function findEndpoint(
  exposure: Exposure,
  protocols: readonly Protocol[],
  clusterHost: string,
  service: ObservedService | undefined,
): Endpoint | undefined {
  if (service === undefined) return undefined;
  const host = findHost(exposure, clusterHost, service);
  if (host === undefined) return undefined;
  const ports: Endpoint['ports'] = {};
  for (const protocol of protocols) {
    const { name, port } = PROTOCOL_PORTS[protocol];
    const reached = exposure.type === 'NodePort' ? service.nodePorts[name] : port;
    if (reached === undefined) return undefined;
    ports[protocol] = reached;
  }
  return { host, ports };
}

function findHost(exposure: Exposure, clusterHost: string, service: ObservedService): string | undefined {
  switch (exposure.type) {
    case 'ClusterIP':
      return clusterHost;
    case 'NodePort':
      return exposure.host;
    case 'LoadBalancer':
      return exposure.host ?? service.ingress;
  }
}
