import { z } from 'zod';
import { ruleOfNames } from './qualified-name.ts';
import { notEmpty, withMaxProperties, withRules } from './structural.ts';

const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/;

const labelValueSchema = withRules(z.string().max(63).regex(LABEL_VALUE), {
  rule: `self.matches('${LABEL_VALUE.source}')`,
  message: "must be a label's value: letters, digits, and - _ . between them",
});

const matchLabelsSchema = z.strictObject({
  matchLabels: withRules(
    withMaxProperties(notEmpty(z.record(z.string(), labelValueSchema)), 16),
    ruleOfNames('labels'),
  ).describe('Labels that must all be there, with these values.'),
});

/** Which Sites may use a shared tier; a Site must satisfy both parts. */
export const allowedSitesSchema = z
  .strictObject({
    namespaces: withRules(
      z.strictObject({
        from: z
          .enum(['Same', 'All', 'Selector'])
          .default('Same')
          .describe(
            "Same: the tier's own namespace. All: any. Selector: those with the labels of `selector`.",
          ),
        selector: matchLabelsSchema.optional().describe('Labels of the namespaces, for `from: Selector`.'),
      }),
      {
        rule: "self.from != 'Selector' || has(self.selector)",
        message: 'from: Selector needs selector, with the labels of the namespaces that may use this tier',
        fieldPath: '.selector',
        reason: 'FieldValueRequired',
      },
      {
        rule: "self.from == 'Selector' || !has(self.selector)",
        message: 'selector works with from: Selector alone; set that, or leave selector out',
        fieldPath: '.selector',
        reason: 'FieldValueForbidden',
      },
    )
      .prefault({})
      .describe('The namespaces whose Sites may refer to this tier.'),
    sites: matchLabelsSchema
      .optional()
      .describe('Labels that the Site itself must carry; any Site where left out.'),
  })
  .describe('Which Sites may refer to this tier; those of its own namespace where left out.');
export type AllowedSites = z.infer<typeof allowedSitesSchema>;
