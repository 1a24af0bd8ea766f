import { type MediaPlan, mediaPlanSchema, type PlannedPath } from '@cupola/protocol';
import { parseJson } from './parse-json.ts';

/** A workload's plan as it stands in its Secret: what is sticky, and the last that worked, is read back from it. */
export interface PlanRecord {
  plan: MediaPlan;
  /** As it was written. */
  text: string;
  paths: ReadonlyMap<string, PlannedPath>;
}

/** Undefined where the text is no plan: somebody's edit, which the next write mends. */
export function readPlan(text: string): PlanRecord | undefined {
  const parsed = mediaPlanSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const paths = new Map(parsed.data.paths.map((path) => [path.path, path]));
  return { plan: parsed.data, text, paths };
}

/** The shard of each path, from the plans of both sides of each; the lower one where two have it. */
export function readAssignment(shards: readonly (readonly PlanRecord[])[]): Map<string, number> {
  const shardOf = new Map<string, number>();
  for (const [shard, plans] of shards.entries()) {
    for (const plan of plans) {
      for (const path of plan.paths.keys()) if (!shardOf.has(path)) shardOf.set(path, shard);
    }
  }
  return shardOf;
}
