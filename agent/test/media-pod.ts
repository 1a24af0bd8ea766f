/**
 * A media pod without a cluster: MediaMTX and the agent as two processes with a folder each for what is mounted, on
 * free ports of this machine.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Leg, type MediaPlan, PLAN_KEY, type PlannedPath, type Reader } from '@cupola/protocol';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { end, keepErrors, onLine, startChild } from '../../e2e/peers/child.ts';
import { findFreePorts } from '../../e2e/peers/ports.ts';
import { Waiting } from '../../e2e/peers/waiting.ts';
import type { AgentSettings } from '../src/agent.ts';
import { renderStaticFile } from '../src/mediamtx/static-file.ts';

export type PodPorts = AgentSettings['ports'] &
  Parameters<typeof renderStaticFile>[1] & { webrtcMedia: number };

/** A line of the agent's log. */
export interface LogLine {
  readonly event: string;
  readonly path?: string;
  readonly [field: string]: unknown;
}

const WORKLOAD = 'plant/north-factory-0-primary';
const BUDGET_MS = 15_000;

export interface MediaPodOptions {
  readonly workload?: string;
  /** Nobody listens there where left out. */
  readonly feedUrl?: string;
}

export class MediaPod {
  readonly folder: string;
  readonly ports: PodPorts;
  readonly workload: string;
  /** All that the agent and MediaMTX wrote, in any run. */
  readonly output: string[] = [];
  readonly log: LogLine[] = [];
  readonly #feedUrl: string;
  readonly #waiting = new Waiting();
  #agent: ChildProcess | undefined;
  #mediamtx: ChildProcess | undefined;
  #mounts = 0;

  private constructor(folder: string, ports: PodPorts, options: MediaPodOptions) {
    this.folder = folder;
    this.ports = ports;
    this.workload = options.workload ?? WORKLOAD;
    this.#feedUrl = options.feedUrl ?? 'wss://127.0.0.1:1';
  }

  /** Starts both with the plan mounted; resolves when MediaMTX is up in the agent's eyes. */
  static async start(plan: MediaPlan | undefined, options: MediaPodOptions = {}): Promise<MediaPod> {
    const folder = await mkdtemp(join(tmpdir(), 'cupola-media-pod-'));
    const names = [
      'rtsp',
      'rtmp',
      'srt',
      'hls',
      'webrtc',
      'webrtcMedia',
      'mediamtxApi',
      'mediamtxAuth',
      'agentHttp',
    ];
    const free = await findFreePorts(names.length);
    const ports = Object.fromEntries(names.map((name, index) => [name, free[index]])) as unknown as PodPorts;
    const pod = new MediaPod(folder, ports, options);
    try {
      await pod.#start(plan);
      return pod;
    } catch (error) {
      await pod.close();
      throw new Error(`the media pod did not start: ${pod.output.slice(-5).join(' ')}`, { cause: error });
    }
  }

  async #start(plan: MediaPlan | undefined): Promise<void> {
    await mkdir(join(this.folder, 'plan'));
    await writeFile(join(this.folder, 'token'), 'projected-token-of-the-pod');
    if (plan !== undefined) await this.mount(plan);
    await this.startAgent();
    await this.startMediamtx();
    await this.until('MediaMTX is up', (line) => line.event === 'mediamtx-up');
  }

  async startAgent(): Promise<void> {
    const from = this.log.length;
    const settings: Omit<AgentSettings, 'log'> = {
      workload: this.workload,
      version: '0.0.0-test',
      feedUrl: this.#feedUrl,
      planFolder: join(this.folder, 'plan'),
      durableFolder: join(this.folder, 'durable'),
      tokenFile: join(this.folder, 'token'),
      restarts: 0,
      ports: this.ports,
    };
    await writeFile(join(this.folder, 'settings.json'), JSON.stringify(settings));
    const program = join(import.meta.dirname, 'agent-process.ts');
    this.#agent = startChild(process.execPath, [program, join(this.folder, 'settings.json')]);
    const errors = keepErrors(this.#agent);
    this.#agent.on('exit', () => this.output.push(...errors));
    onLine(this.#agent, (line) => this.#take(line));
    await this.until('the agent has started', (line) => line.event === 'started', from);
  }

  async startMediamtx(): Promise<void> {
    const file = join(this.folder, 'mediamtx.yml');
    const protocols = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'] as const;
    const settings = { protocols, webrtcMediaPort: this.ports.webrtcMedia, webrtcHosts: [] };
    await writeFile(file, renderStaticFile(settings, this.ports));
    this.#mediamtx = startChild(await toolPath('mediamtx'), [file]);
    onLine(this.#mediamtx, (line) => this.output.push(line));
  }

  async endAgent(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#agent !== undefined) await end(this.#agent, signal);
  }

  async endMediamtx(): Promise<void> {
    if (this.#mediamtx !== undefined) await end(this.#mediamtx);
  }

  /** Stops and continues the process: a server that hangs. */
  signalMediamtx(signal: NodeJS.Signals): void {
    this.#mediamtx?.kill(signal);
  }

  get agentPid(): number {
    return this.#agent?.pid ?? 0;
  }

  /** Mounts the plan as the kubelet does with a Secret: a new folder, and one rename. */
  async mount(plan: MediaPlan | string, more: Record<string, string> = {}): Promise<void> {
    const mount = join(this.folder, 'plan');
    const version = `..version-${++this.#mounts}`;
    await mkdir(join(mount, version));
    const files = { [PLAN_KEY]: typeof plan === 'string' ? plan : JSON.stringify(plan), ...more };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(mount, version, name), text);
      await symlink(`..data/${name}`, join(mount, name)).catch(() => undefined); // From the first time on.
    }
    await symlink(version, join(mount, '..data_tmp'));
    await rename(join(mount, '..data_tmp'), join(mount, '..data'));
  }

  /** Resolves with the first line of the agent's log, from the `from`th on, that is wanted. */
  async until(
    what: string,
    isWanted: (line: LogLine) => boolean,
    from = 0,
    budgetMs = BUDGET_MS,
  ): Promise<LogLine> {
    const find = () => this.log.slice(from).find(isWanted);
    await this.#waiting.until(what, () => find() !== undefined, budgetMs);
    return find() as LogLine;
  }

  untilOnline(path: string, from = 0, budgetMs = BUDGET_MS): Promise<LogLine> {
    return this.until(
      `${path} online`,
      (line) => line.event === 'path-online' && line.path === path,
      from,
      budgetMs,
    );
  }

  url(path: string): string {
    return `rtsp://127.0.0.1:${this.ports.rtsp}/${path}`;
  }

  /** KiB of the agent that are in memory. */
  async residentKib(): Promise<number> {
    const status = await readFile(`/proc/${this.agentPid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.ports.agentHttp}/metrics`)).text();
    return Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  async close(): Promise<void> {
    await Promise.all([this.endAgent(), this.endMediamtx()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  #take(line: string): void {
    this.output.push(line);
    this.log.push(JSON.parse(line) as LogLine);
    this.#waiting.arrived();
  }
}

export const VIEWER = { user: 'viewer', password: 'viewers-secret-word' };

/** A plan in which the viewer reads everything. */
export function makePlan(revision: number, paths: PlannedPath[], more: Partial<MediaPlan> = {}): MediaPlan {
  const readers: Reader[] = [{ credential: VIEWER, paths: ['original/'] }];
  const plan = { revision, workload: WORKLOAD, paths, readers, openToReaders: false };
  return { ...plan, holdMs: 30_000, drainMs: 0, ...more };
}

export function pushedPath(camera: string, ...passwords: string[]): PlannedPath {
  const credentials = passwords.map((password) => ({ user: camera, password }));
  return { path: `original/plant/north/${camera}`, source: { from: 'publish', credentials } };
}

export function pulledPath(camera: string, ...legs: Leg[]): PlannedPath {
  return { path: `original/plant/north/${camera}`, source: { from: 'legs', legs } };
}
