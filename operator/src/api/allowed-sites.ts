import { z } from 'zod';

const matchLabelsSchema = z.strictObject({ matchLabels: z.record(z.string(), z.string()) });

/** Which Sites may use a shared tier; a Site must satisfy both parts. */
export const allowedSitesSchema = z
  .strictObject({
    namespaces: z
      .strictObject({
        from: z.enum(['Same', 'All', 'Selector']).default('Same'),
        selector: matchLabelsSchema.optional().describe('Labels of the namespaces, for `from: Selector`.'),
      })
      .prefault({}),
    sites: matchLabelsSchema
      .optional()
      .describe('Labels that the Site itself must carry; any where left out.'),
  })
  .describe('Which Sites may refer to this tier; those of its own namespace where left out.');
export type AllowedSites = z.infer<typeof allowedSitesSchema>;
