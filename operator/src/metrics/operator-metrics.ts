/** Every metric of the operator. docs/metrics.md says the same; a test compares them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricDescription {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  help: string;
}

const metric = <const T extends MetricDescription['type'], const L extends readonly string[]>(
  name: `cupola_operator_${string}`,
  type: T,
  labels: L,
  help: string,
) => ({ name, type, labels, help });

const OPERATOR_METRICS = {
  reflectorObjects: metric(
    'cupola_operator_reflector_objects',
    'gauge',
    ['kind'],
    'Objects in the cache of a kind.',
  ),
  reflectorSynced: metric(
    'cupola_operator_reflector_synced',
    'gauge',
    ['kind'],
    '1 once the cache of a kind has been complete.',
  ),
  reflectorChanges: metric(
    'cupola_operator_reflector_changes_total',
    'counter',
    ['kind', 'type'],
    'Changes that the cache of a kind took in: added, modified, deleted.',
  ),
  reflectorLists: metric(
    'cupola_operator_reflector_lists_total',
    'counter',
    ['kind'],
    'Times that a kind was listed from the start. Grows at rest only by a fault.',
  ),
  reflectorFailures: metric(
    'cupola_operator_reflector_failures_total',
    'counter',
    ['kind', 'cause'],
    'Lists and watches that ended by a fault: expired, refused, unreachable, silent, malformed.',
  ),
  queueDepth: metric(
    'cupola_operator_queue_depth',
    'gauge',
    [],
    'Objects that wait to be reconciled now, without those that wait for a set time.',
  ),
  queueOldestAge: metric(
    'cupola_operator_queue_oldest_age_seconds',
    'gauge',
    [],
    'How long the longest waiting object has been due.',
  ),
  queueRetries: metric(
    'cupola_operator_queue_retries_total',
    'counter',
    ['kind'],
    'Reconciliations that failed and were put back with backoff.',
  ),
  reconcileDuration: metric(
    'cupola_operator_reconcile_duration_seconds',
    'histogram',
    ['kind'],
    'Time of one reconciliation, without its wait in the queue.',
  ),
  reconcileWait: metric(
    'cupola_operator_reconcile_wait_seconds',
    'histogram',
    ['kind'],
    'Time from an object being due to its reconciliation beginning.',
  ),
  applies: metric(
    'cupola_operator_applies_total',
    'counter',
    ['kind', 'outcome'],
    'Objects compared with what they should be: written, suppressed (equal), failed, refused (not the leader).',
  ),
  events: metric(
    'cupola_operator_events_total',
    'counter',
    ['outcome'],
    'Kubernetes Events: written, repeated (not written again), dropped (too many), failed.',
  ),
  leaseHeld: metric('cupola_operator_lease_held', 'gauge', [], '1 while this replica may write.'),
  leaseTransitions: metric(
    'cupola_operator_lease_transitions_total',
    'counter',
    ['to'],
    'Times that this replica became the leader or ceased to be: leader, standby.',
  ),
  leaseFailures: metric(
    'cupola_operator_lease_failures_total',
    'counter',
    [],
    'Attempts to take or renew the lease that failed, without those that another replica won.',
  ),
  feedConnections: metric(
    'cupola_operator_feed_connections',
    'gauge',
    [],
    'Agents connected to this replica.',
  ),
  feedUpgrades: metric(
    'cupola_operator_feed_upgrades_total',
    'counter',
    ['outcome'],
    'Agents that asked to connect: accepted, unauthenticated, forbidden, overloaded, unavailable.',
  ),
  feedMessages: metric(
    'cupola_operator_feed_messages_total',
    'counter',
    ['direction', 'type'],
    'Messages on the feed: in (hello, states, heartbeat) and out (plan, sources, side).',
  ),
  feedCloses: metric(
    'cupola_operator_feed_closes_total',
    'counter',
    ['cause'],
    'Connections ended: agent, silent, invalid, slow, replaced, shutdown.',
  ),
  feedCertificateExpiry: metric(
    'cupola_operator_feed_certificate_expiry_timestamp_seconds',
    'gauge',
    [],
    "When the feed's certificate in use expires.",
  ),
  switches: metric(
    'cupola_operator_switches_total',
    'counter',
    ['kind', 'reason'],
    'Active Services that this replica moved to their other side.',
  ),
  switchDetect: metric(
    'cupola_operator_switch_detect_seconds',
    'histogram',
    ['kind', 'reason'],
    'From the last sign that the side was well to the decision; 0 where nothing had failed.',
  ),
  switchDuration: metric(
    'cupola_operator_switch_duration_seconds',
    'histogram',
    ['kind', 'reason'],
    "From the decision to the API server's answer.",
  ),
  poolWorkers: metric(
    'cupola_operator_pool_workers',
    'gauge',
    ['namespace', 'pool'],
    'Workers of a CompressorPool, those that leave among them.',
  ),
  poolSlots: metric(
    'cupola_operator_pool_slots',
    'gauge',
    ['namespace', 'pool'],
    'Renditions that the workers of a CompressorPool take, the standby among them.',
  ),
  poolAssigned: metric(
    'cupola_operator_pool_assigned',
    'gauge',
    ['namespace', 'pool'],
    'Encoders that are to run on the workers of a CompressorPool.',
  ),
  poolWaiting: metric(
    'cupola_operator_pool_waiting',
    'gauge',
    ['namespace', 'pool'],
    'Renditions that wait for a worker of a CompressorPool.',
  ),
  poolStandbyLeft: metric(
    'cupola_operator_pool_standby_left',
    'gauge',
    ['namespace', 'pool'],
    'Renditions that the workers of a CompressorPool could still take over.',
  ),
  loopHeartbeat: metric(
    'cupola_operator_loop_heartbeat_timestamp_seconds',
    'gauge',
    ['loop'],
    'When each long-running loop last showed that it runs.',
  ),
} as const satisfies Record<string, MetricDescription>;

/** A millisecond to half a minute. */
const DURATION_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

type Instrument<D extends MetricDescription> = D['type'] extends 'counter'
  ? Counter<D['labels'][number]>
  : D['type'] extends 'gauge'
    ? Gauge<D['labels'][number]>
    : Histogram<D['labels'][number]>;

export type OperatorMetrics = {
  readonly [K in keyof typeof OPERATOR_METRICS]: Instrument<(typeof OPERATOR_METRICS)[K]>;
} & { readonly registry: Registry };

/** How often Node looks how late its event loop is: every 10 ms, its default, would wake the operator at rest 100 times a second. */
const LAG_PRECISION_MS = 200;

/** A fresh set of all metrics in a registry of their own, with Node's own process metrics where asked for. */
export function makeOperatorMetrics(
  options: { withProcess: boolean } = { withProcess: false },
): OperatorMetrics {
  const registry = new Registry();
  if (options.withProcess)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  const instruments = Object.fromEntries(
    Object.entries(OPERATOR_METRICS).map(([key, description]) => [
      key,
      makeInstrument(description, registry),
    ]),
  );
  // Each instrument has the type that its description names: Instrument above.
  return { ...instruments, registry } as unknown as OperatorMetrics;
}

function makeInstrument(description: MetricDescription, registry: Registry) {
  const { name, help } = description;
  const options = { name, help, labelNames: [...description.labels], registers: [registry] };
  switch (description.type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, buckets: DURATION_BUCKETS });
  }
}
