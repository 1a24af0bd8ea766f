/** What the API server tells of a pool, its autoscaler, and what its workers' pods use. */
import type { CompressorPoolStatus } from '../../../../operator/src/api/compressor-pool.ts';
import type { ApiClient } from '../../../cluster/api-client.ts';
import type { Pod } from '../../fault-ground/pods.ts';
import { parseCores } from './cpu-quantity.ts';
import type { Moment } from './series.ts';

interface List<T> {
  readonly items: readonly T[];
}

interface ContainerCpu {
  readonly name: string;
  readonly usage: { readonly cpu: string };
}

type PodMetrics = {
  readonly metadata: { readonly name: string };
  readonly containers: readonly ContainerCpu[];
};

type RequestingPod = Pod & {
  readonly spec: {
    readonly containers: readonly {
      readonly resources?: { readonly requests?: { readonly cpu?: string } };
    }[];
  };
};

export type PoolMoment = Pick<Moment, 'wanted' | 'workers' | 'ready' | 'cpuPercent'>;

export class PoolWatch {
  readonly #api: ApiClient;
  readonly #namespace: string;
  readonly #pool: string;

  constructor(api: ApiClient, namespace: string, pool: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#pool = pool;
  }

  async look(): Promise<PoolMoment> {
    const selector = `labelSelector=${encodeURIComponent('app.kubernetes.io/name=compressor-pool')}`;
    const inNamespace = `namespaces/${this.#namespace}`;
    const [pool, autoscaler, metrics, pods] = await Promise.all([
      this.#api.get<{ status?: CompressorPoolStatus }>(
        `/apis/cupola.dev/v1alpha1/${inNamespace}/compressorpools/${this.#pool}`,
      ),
      this.#api.get<{ status?: { desiredReplicas?: number } }>(
        `/apis/autoscaling/v2/${inNamespace}/horizontalpodautoscalers/${this.#pool}-pool`,
      ),
      this.#api.get<List<PodMetrics>>(`/apis/metrics.k8s.io/v1beta1/${inNamespace}/pods?${selector}`),
      this.#api.get<List<RequestingPod>>(`/api/v1/${inNamespace}/pods?${selector}`),
    ]);
    const workers = pool.status?.workers ?? [];
    const cpuPercent = measureUse(metrics.items, pods.items);
    return {
      wanted: autoscaler.status?.desiredReplicas ?? workers.length,
      workers: workers.length,
      ready: workers.filter(({ ready }) => ready).length,
      ...(cpuPercent !== undefined && { cpuPercent }),
    };
  }
}

/** As the autoscaler has it: what is used of what is asked for, over the pods of which it is known. */
function measureUse(metrics: readonly PodMetrics[], pods: readonly RequestingPod[]): number | undefined {
  const requested = new Map(
    pods.map(({ metadata, spec }) => [
      metadata.name,
      spec.containers.reduce((sum, { resources }) => sum + parseCores(resources?.requests?.cpu ?? '0'), 0),
    ]),
  );
  const known = metrics.filter(({ metadata }) => requested.has(metadata.name));
  if (known.length === 0) return undefined;
  const used = known.flatMap(({ containers }) => containers.map(({ usage }) => parseCores(usage.cpu)));
  const wanted = known.reduce((sum, { metadata }) => sum + (requested.get(metadata.name) ?? 0), 0);
  return Math.round((used.reduce((sum, cores) => sum + cores, 0) / wanted) * 1_000) / 10;
}
