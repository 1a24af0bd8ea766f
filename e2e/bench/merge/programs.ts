/** The programs of the bench as child processes, each ready when its promise resolves. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type MediaPlan, PLAN_KEY, PORTS } from '@cupola/protocol';
import { run } from '../../cluster/command.ts';
import { toolPath } from '../../cluster/tools.ts';
import { end, onLine, startChild } from '../../peers/child.ts';
import { readNodeFlags } from '../scale/operator-process.ts';

/** For a machine that does much else. */
const BUDGET_MS = 120_000;
const POLL_MS = 200;
const WORKLOAD = 'bench/relay-0-primary';
export const PLAN_FOLDER = '/etc/cupola/plan';
const MEDIAMTX_FILE = '/run/mediamtx/mediamtx.yml';

/** A MediaMTX with RTSP alone that everybody may publish to and read from. */
export async function startMediamtx(port: number, paths: object, file: string): Promise<ChildProcess> {
  const settings = {
    logLevel: 'warn',
    rtspAddress: `127.0.0.1:${port}`,
    rtspTransports: ['tcp'],
    writeQueueSize: 2048,
    ...Object.fromEntries(['rtmp', 'srt', 'hls', 'webrtc', 'moq', 'api'].map((server) => [server, false])),
    paths,
  };
  await writeFile(file, JSON.stringify(settings)); // JSON is YAML.
  const child = startChild(await toolPath('mediamtx'), [file], { stdio: ['ignore', 'inherit', 'inherit'] });
  return child;
}

/** One of the bench's own programs, which say `ready`. */
export async function startPeer(name: string, settings: object): Promise<ChildProcess> {
  const program = path.join(import.meta.dirname, `${name}-main.ts`);
  const child = startChild(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in time`)), BUDGET_MS);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    onLine(child, (line) => {
      if (line !== 'ready') return;
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}

/** Of the last plan: an agent that starts again goes on with the newest that it knows. */
let revision = 0;

/** What a relay's media pod runs: the agent as its image starts it, and MediaMTX with the file that the agent wrote. */
export class RelayPod {
  readonly agent: ChildProcess;
  readonly mediamtx: ChildProcess;
  /** The agent's output since the last `takeLines`. */
  #lines: string[] = [];

  private constructor(agent: ChildProcess, mediamtx: ChildProcess) {
    this.agent = agent;
    this.mediamtx = mediamtx;
    onLine(agent, (line) => this.#lines.push(line));
  }

  /** `program`: the agent's bundle. */
  static async start(root: string, program: string, paths: MediaPlan['paths']): Promise<RelayPod> {
    const named = { revision: ++revision, workload: WORKLOAD, paths, readers: [], openToReaders: true };
    const plan: MediaPlan = { ...named, holdMs: 30_000, drainMs: 0 };
    await writeFile(path.join(PLAN_FOLDER, PLAN_KEY), JSON.stringify(plan));
    const containerfile = path.join(root, 'agent/Containerfile');
    const variables = [
      ...readVariables(containerfile),
      'CUPOLA_PROTOCOLS=RTSP,HLS,WebRTC,SRT',
      ...[`CUPOLA_WORKLOAD=${WORKLOAD}`, 'CUPOLA_FEED_URL=wss://127.0.0.1:1'],
    ];
    await run('env', [...variables, process.execPath, program, 'configure']);
    const mediamtx = startChild(await toolPath('mediamtx'), [MEDIAMTX_FILE], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const flags = [...readNodeFlags(containerfile), '--trace-gc'];
    const agent = startChild('env', [...variables, process.execPath, ...flags, program, 'run']);
    const pod = new RelayPod(agent, mediamtx);
    await pod.#untilOnline(paths.length);
    return pod;
  }

  takeLines(): readonly string[] {
    return this.#lines.splice(0);
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${PORTS.agentHttp}/metrics`)).text();
    return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  async close(): Promise<void> {
    await Promise.all([end(this.agent, 'SIGTERM'), end(this.mediamtx)]);
  }

  /** Every stream is published, and both of its legs come. */
  async #untilOnline(paths: number): Promise<void> {
    const endMs = performance.now() + BUDGET_MS;
    for (;;) {
      const [online, legs] = await Promise.all([
        this.metric('cupola_agent_paths_online{from="legs"}').catch(() => 0),
        this.metric('cupola_agent_legs_live').catch(() => 0),
      ]);
      if (online === paths && legs === 2 * paths) return;
      if (performance.now() > endMs)
        throw new Error(`${online} of ${paths} streams are online, ${legs} legs come`);
      await delay(POLL_MS);
    }
  }
}

/** What the image sets by ENV, as `name=value`. */
function readVariables(containerfile: string): string[] {
  return (/^ENV (.*)$/m.exec(readFileSync(containerfile, 'utf8'))?.[1] ?? '').split(' ');
}
