/** The agent's metrics. Read from plain counters at each scrape, so that a packet costs none of it. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Cumulative ones only grow; the others are as they are now. */
export interface AgentFigures {
  readonly planRevision: number;
  readonly restarts: number;
  readonly plansRefused: number;
  readonly isMediamtxUp: boolean;
  readonly feedConnections: number;
  /** By where the path comes from: `publish`, `legs`, `transcode`. */
  readonly paths: Readonly<Record<string, { readonly planned: number; readonly online: number }>>;
  /** Paths without a live leg whose readers are kept attached. */
  readonly pathsHolding: number;
  /** By state, as of EncoderState. */
  readonly encoders: Readonly<Record<string, number>>;
  readonly encoderFailures: number;
  readonly encoderDroppedFrames: number;
  readonly legsPlanned: number;
  readonly legsLive: number;
  readonly legAttempts: number;
  readonly legPackets: number;
  readonly legBytes: number;
  readonly packetsPublished: number;
  readonly bytesPublished: number;
  readonly packetsDropped: number;
  readonly publisherOpenings: number;
  /** Units (pictures, packets of audio) by what became of them, and changes between encodings. */
  readonly merging: Readonly<Record<'sent' | 'copies' | 'late' | 'conflicts' | 'switches', number>>;
  /** By action and verdict. */
  readonly authRequests: ReadonlyMap<string, number>;
  readonly sessionsKicked: number;
  readonly viewersMoved: number;
  readonly latePushesClosed: number;
}

const GAUGES: readonly [name: string, help: string, read: (figures: AgentFigures) => number][] = [
  [
    'cupola_agent_plan_revision',
    'Revision of the media plan in force, 0 before the first',
    (f) => f.planRevision,
  ],
  [
    'cupola_agent_mediamtx_up',
    'Whether MediaMTX answers the agent (1) or not (0)',
    (f) => Number(f.isMediamtxUp),
  ],
  ['cupola_agent_feed_connections', 'Open connections to operator replicas', (f) => f.feedConnections],
  [
    'cupola_agent_paths_holding',
    'Paths whose legs are all gone and whose readers are kept attached',
    (f) => f.pathsHolding,
  ],
  ['cupola_agent_legs_planned', 'Legs in the plan', (f) => f.legsPlanned],
  ['cupola_agent_legs_live', 'Legs on which media arrives', (f) => f.legsLive],
];

const COUNTERS: readonly [name: string, help: string, read: (figures: AgentFigures) => number][] = [
  [
    'cupola_agent_restarts_total',
    'Times the agent died and was started again since its container was',
    (f) => f.restarts,
  ],
  [
    'cupola_agent_plans_refused_total',
    'Plans that were not valid or not for this pod',
    (f) => f.plansRefused,
  ],
  ['cupola_agent_leg_attempts_total', 'Attempts to open a leg', (f) => f.legAttempts],
  ['cupola_agent_leg_received_packets_total', 'RTP packets received on all legs', (f) => f.legPackets],
  ['cupola_agent_leg_received_bytes_total', 'Bytes of RTP received on all legs', (f) => f.legBytes],
  ['cupola_agent_published_packets_total', 'RTP packets published to MediaMTX', (f) => f.packetsPublished],
  ['cupola_agent_published_bytes_total', 'Bytes of RTP published to MediaMTX', (f) => f.bytesPublished],
  [
    'cupola_agent_dropped_packets_total',
    'RTP packets that MediaMTX did not take in time',
    (f) => f.packetsDropped,
  ],
  [
    'cupola_agent_publisher_openings_total',
    'Times a stream was announced to MediaMTX',
    (f) => f.publisherOpenings,
  ],
  ['cupola_agent_merge_sent_units_total', 'Access units published', (f) => f.merging.sent],
  ['cupola_agent_merge_copies_total', 'Second copies of units, dropped', (f) => f.merging.copies],
  [
    'cupola_agent_merge_late_units_total',
    'Units that came too late to be published in order',
    (f) => f.merging.late,
  ],
  [
    'cupola_agent_merge_conflicts_total',
    'Units that no other leg brought, though these were past them',
    (f) => f.merging.conflicts,
  ],
  [
    'cupola_agent_merge_switches_total',
    'Changes to a leg of another encoding, or after all legs had failed',
    (f) => f.merging.switches,
  ],
  [
    'cupola_agent_encoder_failures_total',
    'Encoders that ended by themselves or hung, and were started again',
    (f) => f.encoderFailures,
  ],
  [
    'cupola_agent_encoder_dropped_frames_total',
    'Pictures left out because their encoder was behind',
    (f) => f.encoderDroppedFrames,
  ],
  [
    'cupola_agent_sessions_kicked_total',
    'Sessions ended because the plan no longer allows them',
    (f) => f.sessionsKicked,
  ],
  [
    'cupola_agent_viewers_moved_total',
    'Sessions ended so that their viewers go to the active side',
    (f) => f.viewersMoved,
  ],
  [
    'cupola_agent_late_pushes_closed_total',
    'Pushes by SRT that were late and closed, so that the camera connects anew',
    (f) => f.latePushesClosed,
  ],
];

const PATH_GAUGES = [
  ['cupola_agent_paths_planned', 'planned'],
  ['cupola_agent_paths_online', 'online'],
] as const;

/** How often Node looks how late its event loop is: every 10 ms, its default, would wake an agent at rest 100 times a second. */
const LAG_PRECISION_MS = 200;

/** A registry of its own, so that several agents fit into one process. */
export function createAgentMetrics(readFigures: () => AgentFigures): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(readFigures()));
      },
    });
  }
  for (const [name, help, read] of COUNTERS) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read(readFigures()));
      },
    });
  }
  for (const [name, figure] of PATH_GAUGES) {
    new Gauge({
      name,
      help: `Paths ${figure}, by where they come from`,
      labelNames: ['from'],
      registers: [registry],
      collect() {
        for (const [from, counts] of Object.entries(readFigures().paths)) this.set({ from }, counts[figure]);
      },
    });
  }
  new Gauge({
    name: 'cupola_agent_encoders',
    help: 'Renditions of the plan, by the state of their encoders',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(readFigures().encoders)) this.set({ state }, count);
    },
  });
  new Counter({
    name: 'cupola_agent_auth_requests_total',
    help: "MediaMTX's authentication requests, by action and verdict",
    labelNames: ['action', 'verdict'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, count] of readFigures().authRequests) {
        const [action = '', verdict = ''] = key.split(' ');
        this.inc({ action, verdict }, count);
      }
    },
  });
  return registry;
}
