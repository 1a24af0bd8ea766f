/**
 * The agent as one thing with a life: its parts, joined. Apart from main.ts, which reads argv and env, so that tests
 * start agents beside each other on ports of their own.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type EncoderState,
  FEED_CA_KEY,
  type MediaPlan,
  type OperatorMessage,
  type PathState,
  type SideMessage,
  type Source,
} from '@cupola/protocol';
import type { Logger } from 'pino';
import { FeedClient } from './feed/feed-client.ts';
import { SideWord } from './feed/side-word.ts';
import { type AgentFigures, createAgentMetrics } from './http/agent-metrics.ts';
import { HealthServer, type Readiness } from './http/health-server.ts';
import { PreStop } from './http/pre-stop.ts';
import type { AuthRequest } from './mediamtx/auth-request.ts';
import { type AuthListener, AuthServer } from './mediamtx/auth-server.ts';
import { AGENT_USER, authorise, type Verdict } from './mediamtx/authorise.ts';
import { ControlApi } from './mediamtx/control-api.ts';
import { LatePushes } from './mediamtx/late-pushes.ts';
import { ListenerWatch } from './mediamtx/listener-watch.ts';
import { PathPoll } from './mediamtx/path-poll.ts';
import { SessionGuard } from './mediamtx/session-guard.ts';
import { Viewers } from './mediamtx/viewers.ts';
import { DurablePlan } from './plan/durable-plan.ts';
import { MountedPlan } from './plan/mounted-plan.ts';
import { PlanKeeper, type PlanOrigin } from './plan/plan-keeper.ts';
import { LocalServer } from './rtsp/serve/local-server.ts';
import { StateLog } from './state-log.ts';
import { AddressMemory } from './streams/address-memory.ts';
import { createCounters } from './streams/counters.ts';
import { StreamSet } from './streams/stream-set.ts';
import { Turnstile } from './streams/turnstile.ts';

/** For sessions that an earlier run let in, and those that began while the plan changed. */
const SWEEP_INTERVAL_MS = 15_000;
/** Publishers opened at once: MediaMTX asks the agent about them one after the other anyway. */
const OPENINGS_AT_ONCE = 16;

export interface AgentSettings {
  /** `<namespace>/<name>` of the Deployment. */
  readonly workload: string;
  readonly version: string;
  /** `wss://host:port`. */
  readonly feedUrl: string;
  /** The mounted plan Secret. */
  readonly planFolder: string;
  /** Survives a restart of the container, not of the pod. */
  readonly durableFolder: string;
  readonly tokenFile: string;
  /** How often this container's agent was started again. */
  readonly restarts: number;
  readonly ports: {
    readonly rtsp: number;
    readonly mediamtxApi: number;
    readonly mediamtxAuth: number;
    readonly agentHttp: number;
  };
  /** Where MediaMTX asks, instead of the port: the supervisor keeps it open across restarts of the agent. */
  readonly authListener?: AuthListener;
  readonly log: Logger;
}

export class Agent {
  readonly #settings: AgentSettings;
  readonly #log: Logger;
  readonly #password = randomBytes(24).toString('base64url');
  readonly #counters = createCounters();
  readonly #authRequests = new Map<string, number>();
  readonly #stateLog: StateLog;
  readonly #keeper: PlanKeeper;
  readonly #durable: DurablePlan;
  readonly #mounted: MountedPlan;
  readonly #api: ControlApi;
  readonly #auth: AuthServer;
  readonly #listener: ListenerWatch;
  readonly #poll: PathPoll;
  readonly #guard: SessionGuard;
  readonly #viewers: Viewers;
  readonly #latePushes: LatePushes;
  readonly #side: SideWord;
  readonly #encoders = new LocalServer();
  readonly #streams: StreamSet;
  readonly #feed: FeedClient;
  readonly #http: HealthServer;
  #sweep: NodeJS.Timeout | undefined;
  /** MediaMTX is answered. Its API asks, too, who uses it. */
  readonly #answering = Promise.withResolvers<void>();
  /** What is left of a plan that is in force: sessions to kick, the copy to write. One plan after the other. */
  #settling: Promise<void> = this.#answering.promise;

  constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#log = settings.log;
    const { ports, workload } = settings;
    const credential = { user: AGENT_USER, password: this.#password };
    const monotonicMs = () => performance.now();
    this.#stateLog = new StateLog(settings.log);
    this.#keeper = new PlanKeeper(workload, {
      onPlan: (plan, previous, origin) => this.#planChanged(plan, previous, origin),
      onProblem: (problem, origin) => this.#log.error({ event: 'plan-refused', origin, problem }),
    });
    this.#durable = new DurablePlan(join(settings.durableFolder, 'plan.json'));
    this.#mounted = new MountedPlan(settings.planFolder, (text) => this.#keeper.offerText(text, 'mounted'));
    this.#api = new ControlApi(ports.mediamtxApi, credential, () => this.#poll.suspect());
    this.#auth = new AuthServer({
      listener: settings.authListener ?? { port: ports.mediamtxAuth },
      decide: (request) => authorise(this.#keeper.inForce, this.#password, request),
      onVerdict: (request, verdict) => this.#judged(request, verdict),
    });
    this.#listener = new ListenerWatch(ports.rtsp);
    this.#guard = new SessionGuard({
      api: this.#api,
      nowMs: monotonicMs,
      onKicked: ({ path, protocol, action }) =>
        this.#log.info({ event: 'session-kicked', path, protocol, action }),
    });
    this.#viewers = new Viewers({
      api: this.#api,
      onMoved: (count) => this.#log.info({ event: 'viewers-moved', count }),
    });
    this.#latePushes = new LatePushes({
      api: this.#api,
      countViewers: () => this.#viewers.count(),
      nowMs: monotonicMs,
      onClosed: (path, lateMs) => this.#log.info({ event: 'late-push-closed', path, lateMs }),
      onIncurable: (path, lateMs) => this.#log.warn({ event: 'push-stays-late', path, lateMs }),
      onScreened: () => this.#poll.askNow(),
    });
    this.#side = new SideWord({
      isConnected: () => this.#feed.openCount > 0,
      onMove: () => void this.#viewers.move(),
    });
    this.#streams = new StreamSet({
      surroundings: {
        mediamtxUrl: `rtsp://127.0.0.1:${ports.rtsp}`,
        credential,
        gate: this.#listener,
        openings: new Turnstile(OPENINGS_AT_ONCE),
        addresses: new AddressMemory(monotonicMs),
        encoders: this.#encoders,
        counters: this.#counters,
        nowMs: monotonicMs,
        wallClockMs: () => Date.now(),
        holdMs: () => this.#keeper.inForce?.holdMs ?? 0,
      },
      onStates: (changed) => this.#statesChanged(changed),
    });
    this.#poll = new PathPoll({
      api: this.#api,
      nowMs: monotonicMs,
      wantsPaths: () => this.#streams.hasPublishedPaths,
      onPaths: (paths) => this.#streams.takeReported(this.#latePushes.screen(paths)),
      onUp: (version) => {
        this.#feed.sendHeartbeat();
        this.#log.info({ event: 'mediamtx-up', version });
      },
      onDown: (error) => {
        this.#feed.sendHeartbeat();
        this.#streams.takeReported(this.#latePushes.screen([]));
        this.#log.warn({ event: 'mediamtx-down', problem: error.message });
      },
    });
    this.#feed = this.#createFeed();
    const preStop = new PreStop({
      waitUntilPassive: (signal) => this.#side.waitUntilPassive(signal),
      countViewers: () => this.#viewers.count(),
      drainMs: () => this.#keeper.inForce?.drainMs ?? 0,
      onDraining: (viewers) => this.#log.info({ event: 'draining', viewers }),
    });
    const metrics = createAgentMetrics(() => this.#figures());
    this.#http = new HealthServer({
      port: ports.agentHttp,
      mediamtxQuietMs: () => this.#poll.quietMs,
      readiness: () => this.#readiness(),
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.metrics() }),
      preStop: (address, signal) => preStop.wait(address, signal),
    });
  }

  /** Rejects when a port is taken or the durable copy cannot be read. */
  async start(): Promise<void> {
    await this.#http.start();
    await this.#encoders.start();
    this.#streams.start();
    const copy = await this.#durable.read();
    if (copy !== undefined) this.#keeper.offerText(copy, 'durable');
    await this.#mounted.start();
    // After the plan: MediaMTX lets those who are refused wait for seconds.
    await this.#auth.start();
    this.#answering.resolve();
    this.#poll.start();
    this.#feed.start();
    this.#sweep = setInterval(() => void this.#enforce(), SWEEP_INTERVAL_MS);
    this.#log.info({
      event: 'started',
      version: this.#settings.version,
      planRevision: this.#keeper.revision,
      restarts: this.#settings.restarts,
    });
  }

  /** Readers of the agent's own streams lose them; those of cameras' pushes stay with MediaMTX. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    this.#mounted.close();
    this.#feed.close();
    this.#side.close();
    this.#poll.close();
    this.#listener.close();
    await this.#streams.close();
    await Promise.all([this.#auth.close(), this.#encoders.close(), this.#http.close()]);
    this.#api.close();
  }

  #createFeed(): FeedClient {
    const { feedUrl, workload, version, tokenFile, planFolder } = this.#settings;
    return new FeedClient({
      url: feedUrl,
      workload,
      agentVersion: version,
      tokenFile,
      authorityFile: join(planFolder, FEED_CA_KEY),
      planRevision: () => this.#keeper.revision,
      isMediamtxUp: () => this.#poll.isUp,
      mediamtxQuietMs: () => this.#poll.quietMs,
      states: () => this.#streams.states(),
      onMessage: (message) => this.#heard(message),
      onConnected: (address) => this.#log.info({ event: 'feed-connected', address }),
      onLost: (address, reason) => {
        this.#side.noteLost();
        if (this.#feed.openCount === 0) this.#latePushes.forgetSources();
        this.#log.warn({ event: 'feed-lost', address, reason });
      },
      onProblem: (problem) => this.#log.warn({ event: 'feed-problem', problem }),
      random: Math.random,
    });
  }

  #heard(message: OperatorMessage): void {
    switch (message.type) {
      case 'plan':
        this.#keeper.offer(message.plan, 'feed');
        return;
      case 'sources':
        this.#streams.takeSources(message);
        this.#latePushes.takeSources(message);
        return;
      case 'side':
        this.#hearSide(message);
    }
  }

  #hearSide(word: SideMessage): void {
    const { active, readers } = word;
    if (active !== this.#side.isActive) this.#log.info({ event: 'side', active, readers });
    this.#side.hear(word);
  }

  /** From here on nobody is let in under the old plan. */
  #planChanged(plan: MediaPlan, previous: MediaPlan | undefined, origin: PlanOrigin): void {
    const { revision, paths } = plan;
    this.#log.info({
      event: 'plan',
      revision,
      origin,
      previous: previous?.revision ?? 0,
      paths: paths.length,
    });
    // The copy is written when a plan has been enforced.
    if (origin === 'durable') this.#guard.resume(plan);
    this.#stateLog.notePlan(plan);
    this.#latePushes.takePlan(plan);
    const closing = this.#streams.apply(plan);
    this.#feed.sendStates(this.#streams.states(), true);
    this.#settling = this.#settling.then(() => this.#settle(plan, origin, closing));
  }

  async #settle(plan: MediaPlan, origin: PlanOrigin, closing: Promise<void>): Promise<void> {
    await this.#enforce();
    await closing;
    if (origin === 'durable') return;
    // Last, so that a restart on the way here compares with the plan before and kicks what this one takes away.
    try {
      await this.#durable.write(plan);
    } catch (error) {
      this.#log.error({ event: 'plan-not-kept', problem: (error as Error).message });
    }
  }

  async #enforce(): Promise<void> {
    const plan = this.#keeper.inForce;
    if (plan === undefined) return;
    try {
      await this.#guard.enforce(plan);
    } catch {
      // MediaMTX does not answer, which is logged as such; the next sweep comes.
    }
  }

  #judged(request: AuthRequest, verdict: Verdict): void {
    const key = `${request.action} ${verdict.allowed ? 'Allowed' : verdict.reason}`;
    this.#authRequests.set(key, (this.#authRequests.get(key) ?? 0) + 1);
    this.#guard.remember(request, verdict);
    if (verdict.allowed && verdict.as === 'camera') this.#poll.expect(request.path);
    if (request.action === 'publish') this.#stateLog.noteLogin(request.path, verdict);
  }

  #statesChanged(changed: PathState[]): void {
    this.#feed.sendStates(changed, false);
    for (const state of changed) this.#stateLog.noteState(state);
  }

  #readiness(): Readiness {
    const isUp = this.#poll.isUp;
    const hasPlan = this.#keeper.inForce !== undefined;
    return {
      ready: isUp && hasPlan,
      checks: {
        mediamtx: { ok: isUp, message: isUp ? 'answers' : 'does not answer on its Control API' },
        plan: {
          ok: hasPlan,
          message: hasPlan ? `revision ${this.#keeper.revision}` : 'no valid plan was mounted or sent yet',
        },
      },
    };
  }

  #figures(): AgentFigures {
    const states = this.#streams.states();
    const count = (from: string) => {
      const own = states.filter((state) => originOf(state) === from);
      return { planned: own.length, online: own.filter((state) => state.online).length };
    };
    const legs = this.#streams.legFigures();
    return {
      planRevision: this.#keeper.revision,
      restarts: this.#settings.restarts,
      plansRefused: this.#keeper.refused,
      isMediamtxUp: this.#poll.isUp,
      feedConnections: this.#feed.openCount,
      paths: { publish: count('publish'), legs: count('legs'), transcode: count('transcode') },
      encoders: countEncoders(states),
      pathsHolding: this.#streams.holdingCount,
      legsPlanned: legs.planned,
      legsLive: legs.live,
      ...this.#counters,
      authRequests: this.#authRequests,
      sessionsKicked: this.#guard.kicked,
      viewersMoved: this.#viewers.moved,
      latePushesClosed: this.#latePushes.closed,
    };
  }
}

function originOf(state: PathState): Source['from'] {
  if (state.encoder !== undefined) return 'transcode';
  return state.legs === undefined ? 'publish' : 'legs';
}

function countEncoders(states: readonly PathState[]): Record<EncoderState['state'], number> {
  const counts = { idle: 0, starting: 0, encoding: 0, failed: 0, stalled: 0 };
  for (const { encoder } of states) if (encoder !== undefined) counts[encoder.state]++;
  return counts;
}
