/** Requests in the audit log, by what they are for. `lease` and `review` store nothing that anybody watches. */
export interface RequestCounts {
  readonly write: number;
  readonly read: number;
  readonly watch: number;
  readonly lease: number;
  readonly review: number;
  /** What the writes were, and how many of each. */
  readonly writes: Readonly<Record<string, number>>;
  /** Likewise the reads. */
  readonly reads: Readonly<Record<string, number>>;
}

export interface ReplicaMemory {
  readonly peakMib: number;
  readonly restMib: number;
}

export interface ScaleFigures {
  readonly sites: number;
  readonly cameras: number;
  readonly workloads: number;
  /** From the first Site's creation to the last one's becoming Ready. */
  readonly allReadyMs: number;
  /** To the last plan that an agent was sent. */
  readonly lastPlanMs: number;
  /** To the operator's last write before it rested. */
  readonly lastWriteMs: number;
  readonly reconcileP50Ms: number | undefined;
  readonly reconcileP99Ms: number | undefined;
  readonly reconciliations: number;
  readonly converging: RequestCounts;
  readonly memory: readonly ReplicaMemory[];
  readonly restSeconds: number;
  readonly resting: RequestCounts;
  /** From the start of both replicas anew to all agents being back and the operator resting. */
  readonly restartMs: number;
  readonly restarting: RequestCounts;
}

/** The figures as a table for people. */
export function formatFigures(figures: ScaleFigures): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const milliseconds = (ms: number | undefined) => (ms === undefined ? '-' : `${ms.toFixed(1)} ms`);
  const mib = (read: (memory: ReplicaMemory) => number) =>
    figures.memory.map((memory) => `${read(memory).toFixed(0)} MiB`).join(', ');
  const { converging, resting, restarting } = figures;
  const rows: [string, string][] = [
    ['Sites, cameras, media workloads', `${figures.sites}, ${figures.cameras}, ${figures.workloads}`],
    ['all Sites Ready after', seconds(figures.allReadyMs)],
    ['last plan at its agent after', seconds(figures.lastPlanMs)],
    ['last write after', seconds(figures.lastWriteMs)],
    ['writes, reads until then', `${converging.write}, ${converging.read}`],
    [
      `reconcile p50, p99 (${figures.reconciliations})`,
      `${milliseconds(figures.reconcileP50Ms)}, ${milliseconds(figures.reconcileP99Ms)}`,
    ],
    ['operator RSS, peak (each replica)', mib((memory) => memory.peakMib)],
    ['operator RSS, at rest', mib((memory) => memory.restMib)],
    [
      `writes, reads at rest for ${figures.restSeconds} s`,
      `${resting.write}, ${resting.read} (Lease: ${resting.lease})`,
    ],
    ['restart of both replicas: at rest after', seconds(figures.restartMs)],
    ['writes after the restart', `${restarting.write} (Lease: ${restarting.lease})`],
    ['reads after the restart', `${restarting.read}, ${restarting.review} token reviews`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  for (const [what, counts] of [
    ['written at rest', resting.writes],
    ['read at rest', resting.reads],
    ['written after the restart', restarting.writes],
  ] as const) {
    for (const [request, count] of Object.entries(counts)) lines.push(`  ${what}: ${count} x ${request}`);
  }
  return lines.join('\n');
}
