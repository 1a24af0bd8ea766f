/**
 * What a pool remembers, so that a restarted operator moves nothing: where each rendition is encoded, since when it is
 * asked for, and which workers are to go. Kept as text in a Secret of the pool; factories read from it where renditions
 * come from. Workers by their numbers: the text of some thousand renditions is to fit into a Secret.
 */
import { z } from 'zod';
import { readWorkerIndex, workerName } from '../names.ts';
import { parseJson } from '../parse-json.ts';
import type { Placement, WaitingReason } from './pool.ts';

export interface KeptRendition {
  /** When it was first asked for. */
  sinceMs: number;
  placement?: Placement;
  /** Why it is encoded nowhere. */
  waiting?: WaitingReason;
}

export interface PlacementRecord {
  /** By path. */
  renditions: ReadonlyMap<string, KeptRendition>;
  /** Numbers of the workers that were chosen to go. */
  leaving: readonly number[];
}

export const EMPTY_RECORD: PlacementRecord = { renditions: new Map(), leaving: [] };

const numberSchema = z.number().int().nonnegative();
const recordSchema = z.object({
  leaving: z.array(numberSchema),
  renditions: z.record(
    z.string(),
    z.object({
      sinceMs: z.number(),
      active: z.array(numberSchema).optional(),
      leaving: z.array(numberSchema).optional(),
      standby: numberSchema.optional(),
      waiting: z.enum(['NoWorker', 'NoHardware', 'NoRoom']).optional(),
    }),
  ),
});
type WrittenRendition = z.infer<typeof recordSchema>['renditions'][string];

/** The same record is the same text. */
export function formatPlacements(prefix: string, { renditions, leaving }: PlacementRecord): string {
  const sorted = [...renditions].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([path, kept]) => [path, writeRendition(prefix, kept)]);
  return JSON.stringify({ leaving, renditions: Object.fromEntries(entries) });
}

/** Nothing where the text is none of ours: somebody's edit, which the next write mends. */
export function parsePlacements(prefix: string, text: string): PlacementRecord {
  const parsed = recordSchema.safeParse(parseJson(text)).data;
  if (parsed === undefined) return EMPTY_RECORD;
  const entries = Object.entries(parsed.renditions).map(([path, written]) => {
    return [path, readRendition(prefix, written)] as const;
  });
  return { leaving: parsed.leaving, renditions: new Map(entries) };
}

function writeRendition(prefix: string, { sinceMs, placement, waiting }: KeptRendition): WrittenRendition {
  const number = (names: readonly string[]) =>
    names.map((name) => readWorkerIndex(prefix, name)).filter((index) => index !== undefined);
  const [standby] = number(placement?.standby === undefined ? [] : [placement.standby]);
  return {
    sinceMs,
    ...(placement && { active: number(placement.active) }),
    ...(placement && placement.leaving.length > 0 && { leaving: number(placement.leaving) }),
    ...(standby === undefined ? {} : { standby }),
    ...(waiting && { waiting }),
  };
}

function readRendition(prefix: string, written: WrittenRendition): KeptRendition {
  const { sinceMs, active, leaving = [], standby, waiting } = written;
  const name = (index: number) => workerName(prefix, index);
  const placement: Placement | undefined = active && {
    active: active.map(name),
    leaving: leaving.map(name),
    ...(standby === undefined ? {} : { standby: name(standby) }),
  };
  return { sinceMs, ...(placement && { placement }), ...(waiting && { waiting }) };
}
