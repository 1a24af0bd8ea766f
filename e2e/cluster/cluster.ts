/** One checkout's Kubernetes cluster on this machine, for the demo and the tests: its life, and its faults. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ApiClient } from './api-client.ts';
import { bringUp, type ClusterOptions } from './bring-up.ts';
import { type ClusterPlan, type NodePlan, planCluster } from './cluster-plan.ts';
import { type ClusterRecord, readRecord } from './cluster-record.ts';
import {
  ContainerMissingError,
  type ContainerName,
  commandLine,
  findContainerProcesses,
} from './container-processes.ts';
import { auditLogPath } from './control-plane.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, checkoutFolder, checkoutKey, stateFolder } from './folders.ts';
import { type ImageRecipe, productImages } from './image-recipes.ts';
import { ensureArchives, type ImageArchive } from './images.ts';
import { type Machine, powerOff, powerOn } from './machine.ts';
import { kubeconfigPath, machineFolder, machinesOf, pkiFolder } from './machines.ts';
import { setPort } from './network.ts';
import { importImages } from './node-images.ts';
import { signal } from './processes.ts';
import { say, step } from './progress.ts';
import { findLeftovers, removeCluster } from './removal.ts';

export type { ClusterOptions } from './bring-up.ts';
export type { ClusterPlan, NodePlan } from './cluster-plan.ts';
export type { ContainerName } from './container-processes.ts';

/** A verb that needs a running cluster found none. */
export class ClusterDownError extends Error {
  readonly code = 'CUP_CLUSTER_DOWN';
  constructor() {
    super('no cluster of this checkout is up: bring it up first (make cluster-up)');
  }
}

export class Cluster {
  readonly #checkout: string;
  readonly #folder: string;
  #record: ClusterRecord | null;

  private constructor(checkout: string, folder: string, record: ClusterRecord | null) {
    this.#checkout = checkout;
    this.#folder = folder;
    this.#record = record;
  }

  /** The cluster of a checkout, whether it is up or not. */
  static async open(checkout: string = checkoutFolder): Promise<Cluster> {
    const folder = stateFolder(checkoutKey(checkout));
    return new Cluster(checkout, folder, await readRecord(folder));
  }

  get isUp(): boolean {
    return this.#record !== null;
  }

  /** The administrator's kubeconfig; the file is there while the cluster is up. */
  get kubeconfigPath(): string {
    return kubeconfigPath(this.#folder);
  }

  /** Names and addresses; throws {@link ClusterDownError} when it is not up. */
  get plan(): ClusterPlan {
    const { network, nodeCount } = this.#requireRecord();
    return planCluster(this.#checkout, network, nodeCount);
  }

  /** The node by which outsiders enter: the edge node, or the only one. */
  get entryNode(): NodePlan {
    const { nodes } = this.plan;
    const entry = nodes.find(({ role }) => role === 'edge') ?? nodes[0];
    if (entry === undefined) throw new ClusterDownError();
    return entry;
  }

  /** Network namespace with routes to the node addresses alone, for cameras and viewers. */
  get outsideNetns(): string {
    return this.plan.outside.netns;
  }

  /** Every request to the API server, a JSON line each (level Metadata). */
  get auditLogPath(): string {
    return auditLogPath(machineFolder(this.#folder, this.plan.control));
  }

  /** Folder of a machine's logs: `media-1`, `edge`, `control`. */
  logFolder(machine: string): string {
    return join(machineFolder(this.#folder, this.#machine(machine).station), 'log');
  }

  /** Brings it up, mends what is down, and waits until every node is Ready. */
  async up(options: ClusterOptions = {}): Promise<void> {
    await this.#locked(async () => {
      this.#record = await bringUp(this.#checkout, this.#folder, options);
    });
  }

  /** Removes all of it; may be repeated, and may follow a crash at any point. */
  async down(): Promise<void> {
    await this.#locked(async () => {
      await step('taking the cluster down', () => removeCluster(this.#checkout));
      this.#record = null;
    });
  }

  /** What exists of it on the machine, a line each; empty after {@link down}. */
  leftovers(): Promise<string[]> {
    return findLeftovers(this.#checkout);
  }

  /** Builds the images (those that the chart runs where none are named), imports them on every node and gives them; running pods keep theirs. */
  async importImages(recipes: readonly ImageRecipe[] = productImages): Promise<readonly ImageArchive[]> {
    const archives = await ensureArchives(recipes);
    const imported = await this.#locked(() =>
      Promise.all(this.#nodeMachines().map(({ folder }) => importImages(folder, archives))),
    );
    const fresh = [...new Set(imported.flat())];
    say(fresh.length === 0 ? 'every node has every image' : `imported ${fresh.join(', ')}`);
    return archives;
  }

  /** Power cut: the machine goes silent in one moment, and every process on it is gone. */
  async powerOff(machine: string): Promise<void> {
    await powerOff(this.plan, this.#machine(machine).station);
  }

  /** Starts a machine again; its disk is as it was. */
  async powerOn(machine: string): Promise<void> {
    await powerOn(this.plan, this.#machine(machine));
  }

  /** Cuts a machine off the network; everything on it runs on. */
  async cut(machine: string): Promise<void> {
    await setPort(this.plan, this.#machine(machine).station, 'down');
  }

  async mend(machine: string): Promise<void> {
    await setPort(this.plan, this.#machine(machine).station, 'up');
  }

  /** Stops every process of a container without ending it (SIGSTOP). */
  async freeze(name: ContainerName): Promise<void> {
    for (const pid of await this.#processes(name)) signal(pid, 'SIGSTOP');
  }

  /** Lets a frozen container run on; nothing where its liveness probe has condemned it meanwhile. */
  async thaw(name: ContainerName): Promise<void> {
    const pids = await this.#processes(name).catch((error: unknown) => {
      if (error instanceof ContainerMissingError) return [];
      throw error;
    });
    for (const pid of pids) signal(pid, 'SIGCONT');
  }

  /**
   * SIGKILL for a container's first process, and with it for the container.
   * @param text kills the processes with this in their argument list instead, and no others
   */
  async kill(name: ContainerName, text?: string): Promise<void> {
    const [first, ...others] = await this.#processes(name);
    if (first === undefined) return;
    if (text === undefined) {
      signal(first, 'SIGKILL');
      return;
    }
    for (const pid of [first, ...others]) {
      if ((await commandLine(pid)).includes(text)) signal(pid, 'SIGKILL');
    }
  }

  /** Host process ids of a container, its first process first: for measuring. */
  processesOf(name: ContainerName): Promise<number[]> {
    return this.#processes(name);
  }

  /** Starts a program outside the cluster. It is ended with the cluster, if not before. */
  spawnOutside(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn('nsenter', [`--net=/run/netns/${this.outsideNetns}`, program, ...args], options);
  }

  /** A client of the API server with the administrator's rights, for what is asked often; to be closed. */
  openApi(): Promise<ApiClient> {
    return ApiClient.open(this.plan, pkiFolder(this.#folder));
  }

  async #processes(name: ContainerName): Promise<number[]> {
    const api = await this.openApi();
    try {
      return await findContainerProcesses(api, this.plan.prefix, name);
    } finally {
      api.close();
    }
  }

  #machines(): Machine[] {
    return machinesOf(this.plan, this.#folder, this.#requireRecord());
  }

  #nodeMachines(): Machine[] {
    return this.#machines().slice(1);
  }

  #machine(name: string): Machine {
    const found = this.#machines().find(({ station }) => station.name === name);
    if (found === undefined) {
      const names = this.#machines().map(({ station }) => station.name);
      throw new RangeError(`no machine is named ${name}; there are ${names.join(', ')}`);
    }
    return found;
  }

  #requireRecord(): ClusterRecord {
    if (this.#record === null) throw new ClusterDownError();
    return this.#record;
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = join(cacheFolder(), 'locks', `cluster-${checkoutKey(this.#checkout)}.lock`);
    return withFileLock(lock, 'the cluster', work);
  }
}
