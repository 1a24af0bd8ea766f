import { PORTS } from '@cupola/protocol';
import { SIDES } from '../api/labels.ts';
import { qualify, serviceHost, tierPrefix, workloadName } from './names.ts';
import type { Factory } from './tiers.ts';

/** One of the places where a stream is read, without the credential. */
export interface TierLeg {
  id: string;
  url: string;
  workload?: string;
}

/** Where the tiers after a factory read one of its streams: at both sides of its shard, primary first. */
export function listFactoryLegs(factory: Factory, shard: number, path: string): TierLeg[] {
  const prefix = tierPrefix('CameraFactory', factory.name);
  return SIDES.map((side) => {
    const workload = workloadName(prefix, shard, side);
    const host = serviceHost(workload, factory.namespace);
    return {
      id: side,
      url: `rtsp://${host}:${PORTS.rtsp}/${path}`,
      workload: qualify(factory.namespace, workload),
    };
  });
}
