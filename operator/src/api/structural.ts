/**
 * What a CustomResourceDefinition's schema can say and zod cannot. It travels as metadata of the zod schema and
 * is taken up by tools/generate-crds.ts. Metadata is lost when a check is added: these come last in a chain.
 */
import { z } from 'zod';

/** One CEL rule (`x-kubernetes-validations`). `message` says what is wrong and what to do about it. */
export interface ValidationRule {
  rule: string;
  message: string;
  /** Where the error shows, below the schema that carries the rule, e.g. `.host`. */
  fieldPath?: string;
  reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

/** The metadata key under which `matching` leaves its message for the generator. */
export const PATTERN_MESSAGE = 'x-cupola-pattern-message';

export function withRules<T extends z.ZodType>(schema: T, ...rules: ValidationRule[]): T {
  return schema.meta({ 'x-kubernetes-validations': rules });
}

/** A list whose items are told apart by `keys`: two with the same are refused, and appliers merge by them. */
export function asListMap<T extends z.ZodType>(schema: T, ...keys: string[]): T {
  return schema.meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
}

/** A list of scalars in which none stands twice. */
export function asSet<T extends z.ZodType>(schema: T): T {
  return schema.meta({ 'x-kubernetes-list-type': 'set' });
}

/** What JSON Schema calls minProperties, which zod's records do not know. */
export function notEmpty<T extends z.ZodType>(schema: T): T {
  return schema.meta({ minProperties: 1 });
}

export function withMaxProperties<T extends z.ZodType>(schema: T, maxProperties: number): T {
  return schema.meta({ maxProperties });
}

/**
 * A string of at most `maxLength` characters that matches `pattern`, a regular expression that RE2 reads the
 * same way as JavaScript does, and that no empty string matches. In the CRD the pattern becomes a CEL rule, so
 * that a person reads `message` and not a regular expression.
 */
export function matching(pattern: RegExp, maxLength: number, message: string): z.ZodString {
  return z
    .string()
    .max(maxLength)
    .regex(pattern, message)
    .meta({ [PATTERN_MESSAGE]: message });
}
