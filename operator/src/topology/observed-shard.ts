/** What is live of a tier's shards, as far as rendering and status go by it. */
import type { Side } from '../api/labels.ts';
import type { LastSwitch, Protocol } from '../api/media-tier.ts';
import type { PlanRecord } from './plan-record.ts';

/** A Service as the API server has it: numbers that it allocated, addresses that a load balancer got. */
export interface ObservedService {
  /** The node port of each named port. */
  nodePorts: Readonly<Record<string, number>>;
  /** Host name or address of the load balancer. */
  ingress?: string;
}

export interface ObservedSide {
  service?: ObservedService;
  /** Undefined where there is no Deployment. `mediaPort` is what its pods announce for WebRTC. */
  deployment?: { mediaPort?: number; isReady: boolean; isRollingOut: boolean };
  /** Where its ready pod runs. */
  node?: string;
  plan?: PlanRecord;
}

export interface ObservedShard {
  /** The side in the active Service's selector; `primary` where there is no Service yet. */
  activeSide: Side;
  service?: ObservedService;
  /** Of the active Service, the precondition of its next write. */
  serviceVersion?: string;
  /** What moved the active Service last; `switchMs` where this operator has seen it happen. */
  lastSwitch?: LastSwitch;
  sides: Readonly<Record<Side, ObservedSide>>;
}

/** Where a Service is reached from where its tier is exposed to. */
export interface Endpoint {
  host: string;
  ports: Partial<Record<Protocol, number>>;
}
