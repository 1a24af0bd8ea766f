import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KINDS } from '../operator/src/api/kinds.ts';
import { asListMap, matching, withRules } from '../operator/src/api/structural.ts';
import { buildStructuralSchema } from './generate-crds.ts';

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

describe('buildStructuralSchema', () => {
  it('says integers with a format, and bounds only where they are ours', () => {
    const schema = buildStructuralSchema(z.strictObject({ size: z.int().min(1).max(200), total: z.int() }));
    expect(schema.properties).toEqual({
      size: { type: 'integer', format: 'int32', minimum: 1, maximum: 200 },
      total: { type: 'integer', format: 'int64' },
    });
  });

  it('leaves unknown fields to the API server, and keeps the values of a map', () => {
    const schema = buildStructuralSchema(z.strictObject({ labels: z.record(z.string(), z.string().max(9)) }));
    expect(schema).toEqual({
      type: 'object',
      required: ['labels'],
      properties: { labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 9 } } },
    });
  });

  it('writes a default out down to the defaults within it', () => {
    const inner = z.strictObject({ kind: z.enum(['A', 'B']).default('A'), note: z.string().optional() });
    const middle = z.strictObject({ inner: inner.prefault({}) });
    const schema = buildStructuralSchema(z.strictObject({ middle: middle.prefault({}) }));
    expect(schema).toMatchObject({
      properties: {
        middle: { default: { inner: { kind: 'A' } }, properties: { inner: { default: { kind: 'A' } } } },
      },
    });
    expect(schema.required).toBeUndefined();
  });

  it('turns a pattern into a rule that says what is meant', () => {
    expect(buildStructuralSchema(matching(/^\d+'$/, 8, 'must be feet'))).toEqual({
      type: 'string',
      maxLength: 8,
      'x-kubernetes-validations': [{ rule: "self.matches('^\\\\d+\\'$')", message: 'must be feet' }],
    });
  });

  it('carries keys of lists and rules through optional and described schemas', () => {
    const list = asListMap(z.array(z.strictObject({ name: z.string() })).max(3), 'name');
    const rule = { rule: 'true', message: 'never' };
    const schema = buildStructuralSchema(
      withRules(z.strictObject({ list: list.optional().describe('All.') }), rule),
    );
    expect(schema).toMatchObject({
      'x-kubernetes-validations': [rule],
      properties: {
        list: {
          description: 'All.',
          maxItems: 3,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
      },
    });
  });
});

describe('the kinds', () => {
  it.each(KINDS.map((definition) => [definition.kind, definition] as const))(
    '%s explains every field to kubectl explain',
    (_kind, { spec, status }) => {
      expect(listUnexplained(buildStructuralSchema(spec), 'spec')).toEqual([]);
      expect(listUnexplained(buildStructuralSchema(status), 'status')).toEqual([]);
    },
  );
});

function listUnexplained(schema: Schema, path: string): string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description === undefined ? [`${path}.${name}`] : []),
    ...listUnexplained(property, `${path}.${name}`),
  ]);
  return [...below, ...(schema.items === undefined ? [] : listUnexplained(schema.items, `${path}[]`))];
}
