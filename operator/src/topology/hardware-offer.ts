/** Whether a pool's workers can have the hardware that they ask their nodes for. */
import type { PoolHardware } from '../api/compressor-pool.ts';
import type { HardwareEncoder } from '../api/profile.ts';

/** As the device plugins of NVIDIA and Intel call them. */
const RESOURCE_NAMES: Readonly<Record<HardwareEncoder, string>> = {
  NVENC: 'nvidia.com/gpu',
  VAAPI: 'gpu.intel.com/i915',
  QSV: 'gpu.intel.com/i915',
};

/** What each worker asks for one of. */
export function hardwareResource({ encoder, resourceName }: PoolHardware): string {
  return resourceName ?? RESOURCE_NAMES[encoder];
}

/** What a node has to give (`status.allocatable`). */
export interface NodeOffer {
  allocatable: Readonly<Record<string, string>>;
}

export function isOffered(hardware: PoolHardware, nodes: readonly NodeOffer[]): boolean {
  const resource = hardwareResource(hardware);
  return nodes.some(({ allocatable }) => Number(allocatable[resource] ?? 0) > 0);
}
