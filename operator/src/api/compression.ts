/** What a Site and each of its cameras say of renditions, beside the profiles themselves. */
import { z } from 'zod';
import { cameraProfileSchema, profileSchema } from './profile.ts';
import { asListMap } from './structural.ts';

/** So many profiles a Site, and a camera, may have. */
const MAX_PROFILES = 8;

/**
 * Hot: two workers encode each rendition, on different nodes. Warm: one encodes, and a named standby worker takes over
 * by itself.
 */
export const redundancySchema = z.enum(['Hot', 'Warm']);
export type Redundancy = z.infer<typeof redundancySchema>;

const HOT_AND_WARM =
  'Hot: two workers encode each rendition, on different nodes. Warm: one encodes, and a named standby worker takes over by itself.';

const prioritySchema = z.number().int().min(0).max(1_000);

/** What is served under a rendition's path while nobody encodes it. */
const fallbackSchema = z.enum(['None', 'Original']);
const FALLBACK =
  "What the rendition's path has while nobody encodes it: nothing, or the camera's original; with topology AllInOne always nothing.";

export const siteCompressionSchema = z.strictObject({
  profiles: asListMap(z.array(profileSchema).max(MAX_PROFILES), 'name')
    .default([])
    .describe('A rendition of each camera for each of them.'),
  redundancy: redundancySchema.optional().describe(`${HOT_AND_WARM} The pool's where left out.`),
  priority: prioritySchema
    .default(0)
    .describe(
      'Where workers are short, renditions of a greater priority are encoded first; of equal ones, the older.',
    ),
  fallback: fallbackSchema.default('None').describe(FALLBACK),
});
export type SiteCompression = z.infer<typeof siteCompressionSchema>;

/** What is left out is as the Site has it. */
export const cameraCompressionSchema = z.strictObject({
  profiles: asListMap(z.array(cameraProfileSchema).max(MAX_PROFILES), 'name')
    .optional()
    .describe("In place of the Site's profile of the same name, or beside them."),
  redundancy: redundancySchema.optional().describe(HOT_AND_WARM),
  priority: prioritySchema.optional().describe('Which renditions are encoded first where workers are short.'),
  fallback: fallbackSchema.optional().describe(FALLBACK),
});
