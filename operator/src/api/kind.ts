/** What Kubernetes needs to know of one of our kinds, beside the shape of its fields. */
import type { z } from 'zod';
import type { ValidationRule } from './structural.ts';

/** A column of `kubectl get`. Those of priority 1 show with `-o wide` alone. */
export interface PrinterColumn {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  priority?: 1;
}

export interface KindDefinition {
  kind: string;
  plural: string;
  singular: string;
  shortName: string;
  description: string;
  spec: z.ZodType;
  status: z.ZodType;
  /** Where a HorizontalPodAutoscaler and `kubectl scale` find the number of replicas. */
  scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath: string };
  columns: PrinterColumn[];
}

/** Every kind lies in this category: `kubectl get cupola`. */
export const CATEGORY = 'cupola';

export const READY_COLUMNS: PrinterColumn[] = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
];

export const LAST_COLUMNS: PrinterColumn[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  {
    name: 'Message',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].message',
    priority: 1,
  },
];

/** The name of an object of ours becomes part of the names of Services, whose rules are stricter. */
export const NAME_RULES: ValidationRule[] = [
  {
    rule: 'self.metadata.name.size() <= 40',
    message: 'the name must have at most 40 characters: names of Services are made from it',
    fieldPath: '.metadata.name',
  },
  {
    rule: "self.metadata.name.matches('^[a-z]([a-z0-9-]*[a-z0-9])?$')",
    message:
      'the name takes lower case letters, digits and hyphens, begins with a letter and has no dots: names of Services are made from it',
    fieldPath: '.metadata.name',
  },
];
