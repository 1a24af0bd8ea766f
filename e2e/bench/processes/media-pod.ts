/** A media pod of which nothing is played: the agent as its image starts it, in a place that looks like its pod. */
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
const PLAN_FOLDER = '/etc/cupola/plan';
const MEDIAMTX_FILE = '/run/mediamtx/mediamtx.yml';

export interface MediaPodOptions {
  readonly root: string;
  /** The agent's bundle. */
  readonly program: string;
  /** `<namespace>/<name>`. */
  readonly workload: string;
  readonly protocols: readonly string[];
  readonly paths: MediaPlan['paths'];
}

/** Of the last plan: an agent that starts again goes on with the newest that it knows. */
let revision = 0;

/** The agent, and MediaMTX with the file that the agent wrote. */
export class MediaPod {
  readonly agent: ChildProcess;
  readonly mediamtx: ChildProcess;
  /** The agent's output since the last `takeLines`. */
  #lines: string[] = [];

  private constructor(agent: ChildProcess, mediamtx: ChildProcess) {
    this.agent = agent;
    this.mediamtx = mediamtx;
    onLine(agent, (line) => this.#lines.push(line));
  }

  /** Resolves when every stream is served, from all of its legs. */
  static async start({ root, program, workload, protocols, paths }: MediaPodOptions): Promise<MediaPod> {
    const named = { revision: ++revision, workload, paths, readers: [], openToReaders: true };
    const plan: MediaPlan = { ...named, holdMs: 30_000, drainMs: 0 };
    await writeFile(path.join(PLAN_FOLDER, PLAN_KEY), JSON.stringify(plan));
    const containerfile = path.join(root, 'agent/Containerfile');
    const variables = [
      ...readVariables(containerfile),
      `CUPOLA_PROTOCOLS=${protocols.join(',')}`,
      ...[`CUPOLA_WORKLOAD=${workload}`, 'CUPOLA_FEED_URL=wss://127.0.0.1:1'],
    ];
    await run('env', [...variables, process.execPath, program, 'configure']);
    const mediamtx = startChild(await toolPath('mediamtx'), [MEDIAMTX_FILE], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const flags = [...readNodeFlags(containerfile), '--trace-gc'];
    const agent = startChild('env', [...variables, process.execPath, ...flags, program, 'run']);
    const pod = new MediaPod(agent, mediamtx);
    await pod.#untilServed(paths);
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

  async #untilServed(paths: MediaPlan['paths']): Promise<void> {
    const sources = paths.map(({ source }) => source);
    const wanted = new Map([
      ['cupola_agent_legs_live', sources.flatMap((one) => (one.from === 'legs' ? one.legs : [])).length],
    ]);
    for (const from of ['legs', 'transcode'] as const) {
      const served = sources.filter((one) => one.from === from && !isForEncodersOnly(one));
      wanted.set(`cupola_agent_paths_online{from="${from}"}`, served.length);
    }
    const endMs = performance.now() + BUDGET_MS;
    for (;;) {
      const missing: string[] = [];
      for (const [name, least] of wanted) {
        const value = await this.metric(name).catch(() => 0);
        if (least > 0 && !(value >= least)) missing.push(`${name} is ${value} of ${least}`);
      }
      if (missing.length === 0) return;
      if (performance.now() > endMs) throw new Error(`the media pod does not serve: ${missing.join(', ')}`);
      await delay(POLL_MS);
    }
  }
}

function isForEncodersOnly(source: MediaPlan['paths'][number]['source']): boolean {
  return source.from === 'legs' && source.forEncodersOnly === true;
}

/** What the image sets by ENV, as `name=value`. */
function readVariables(containerfile: string): string[] {
  return (/^ENV (.*)$/m.exec(readFileSync(containerfile, 'utf8'))?.[1] ?? '').split(' ');
}
