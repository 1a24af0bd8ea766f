import { z } from 'zod';
import { SWITCH_REASONS } from './failover.ts';
import { SIDES } from './labels.ts';

/** A switch as it is recorded on the Service, by the very write that makes it (`cupola.dev/last-switch`). */
const switchRecordSchema = z.object({
  from: z.enum(SIDES),
  to: z.enum(SIDES),
  reason: z.enum(SWITCH_REASONS),
  /** When it was decided, ISO 8601 with milliseconds. */
  at: z.iso.datetime(),
  /** How long at most the fault had been there when it was decided. */
  detectMs: z.number().int().nonnegative(),
  /** The operator's pod that did it. */
  by: z.string(),
});
export type SwitchRecord = z.infer<typeof switchRecordSchema>;

export function formatSwitchRecord(record: SwitchRecord): string {
  return JSON.stringify(record);
}

/** Undefined where there is none, or somebody has edited it beyond reading. */
export function parseSwitchRecord(text: string | undefined): SwitchRecord | undefined {
  if (text === undefined) return undefined;
  try {
    return switchRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
