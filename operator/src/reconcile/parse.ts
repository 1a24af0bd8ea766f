/** Objects of the caches as planning knows them, each parsed once for as long as the cache holds it. */
import { PLAN_KEY } from '@cupola/protocol';
import type { z } from 'zod';
import { cameraFactorySpecSchema } from '../api/camera-factory.ts';
import { compressorPoolSpecSchema } from '../api/compressor-pool.ts';
import { LABELS } from '../api/labels.ts';
import { masterRelaySpecSchema } from '../api/master-relay.ts';
import { PROBLEM_REASONS } from '../api/reasons.ts';
import { siteSpecSchema } from '../api/site.ts';
import type {
  CameraFactoryObject,
  CompressorPoolObject,
  MasterRelayObject,
  SecretObject,
  SiteObject,
} from '../kube/caches.ts';
import type { KubeObject } from '../kube/object.ts';
import { PLACEMENTS_KEY } from '../render/placement-secret.ts';
import { decodeText } from '../topology/basic-auth.ts';
import { tierPrefix } from '../topology/names.ts';
import {
  EMPTY_RECORD,
  type PlacementRecord,
  parsePlacements,
} from '../topology/placement/placement-record.ts';
import { type PlanRecord, readPlan } from '../topology/plan-record.ts';
import type { Problem } from '../topology/problem.ts';
import { siteOfPath } from '../topology/stream-paths.ts';
import type { Factory, Pool, Relay, Site } from '../topology/tiers.ts';

export type Parsed<T> = { value: T } | { problem: Problem };

/** Gives the same answer for the same object, and forgets it with the object. */
function remember<T extends object, R>(parse: (object: T) => R): (object: T) => R {
  const known = new WeakMap<T, { result: R }>();
  return (object) => {
    const entry = known.get(object) ?? { result: parse(object) };
    known.set(object, entry);
    return entry.result;
  };
}

export const parseSite = remember((object: SiteObject): Parsed<Site> => {
  const labels = object.metadata.labels ?? {};
  return parseSpec(siteSpecSchema, object, (spec) => ({ ...identify(object), labels, spec }));
});

export const parseFactory = remember((object: CameraFactoryObject): Parsed<Factory> => {
  return parseSpec(cameraFactorySpecSchema, object, (spec) => ({
    ...identify(object),
    ...findOwnerSite(object),
    spec,
  }));
});

export const parsePool = remember((object: CompressorPoolObject): Parsed<Pool> => {
  return parseSpec(compressorPoolSpecSchema, object, (spec) => ({
    ...identify(object),
    ...findOwnerSite(object),
    spec,
  }));
});

export const parseRelay = remember((object: MasterRelayObject): Parsed<Relay> => {
  return parseSpec(masterRelaySpecSchema, object, (spec) => ({ ...identify(object), spec }));
});

export const parsePlan = remember((secret: SecretObject): PlanRecord | undefined => {
  const text = decodeText(secret.data?.[PLAN_KEY]);
  return text === undefined ? undefined : readPlan(text);
});

/** What the placement Secret of a pool says, whose name is in its label. */
export const parseRecord = remember((secret: SecretObject): PlacementRecord => {
  const text = decodeText(secret.data?.[PLACEMENTS_KEY]);
  const name = secret.metadata.labels?.[LABELS.instance] ?? '';
  return text === undefined ? EMPTY_RECORD : parsePlacements(tierPrefix('CompressorPool', name), text);
});

/** As `listPlanSites`, of the renditions that a pool encodes. */
export const listRecordSites = remember((record: PlacementRecord): ReadonlySet<string> => {
  const sites = [...record.renditions.keys()].map(siteOfPath);
  return new Set(sites.filter((site) => site !== undefined));
});

/** `<namespace>/<name>` of the Sites of this cluster that a plan carries streams of. */
export const listPlanSites = remember((plan: PlanRecord): ReadonlySet<string> => {
  const sites = [...plan.paths.keys()].map(siteOfPath);
  return new Set(sites.filter((site) => site !== undefined));
});

function findOwnerSite({ metadata }: KubeObject): { ownerSite?: string } {
  const owner = metadata.ownerReferences?.find((reference) => reference.kind === 'Site')?.name;
  return owner === undefined ? {} : { ownerSite: owner };
}

function identify({ metadata }: KubeObject): { namespace: string; name: string; uid: string } {
  return { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '' };
}

/** The API server has validated the spec by the same schema; what fails here is from another version's CRD. */
function parseSpec<Schema extends z.ZodType, T>(
  schema: Schema,
  object: KubeObject & { spec: unknown },
  build: (spec: z.infer<Schema>) => T,
): Parsed<T> {
  const parsed = schema.safeParse(dropUnknown(schema, object.spec));
  if (parsed.success) return { value: build(parsed.data) };
  const [issue] = parsed.error.issues;
  const field = ['spec', ...(issue?.path ?? [])].join('.');
  const message = `this operator cannot read it (${issue?.message ?? 'invalid'})`;
  const remedy = 'correct it, or bring the operator and its CRDs to the same version';
  return { problem: { reason: PROBLEM_REASONS.invalidSpec, field, message, remedy } };
}

/** Fields of a newer CRD are left out of account: an operator that was rolled back must not drop a stream. */
function dropUnknown(schema: z.ZodType, spec: unknown): unknown {
  const issues = schema.safeParse(spec).error?.issues ?? [];
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  if (unknown.length === 0) return spec;
  const copy: unknown = structuredClone(spec);
  for (const issue of unknown) {
    const holder = issue.path.reduce<unknown>((value, key) => memberOf(value, key), copy);
    for (const key of issue.keys) if (isRecord(holder)) delete holder[key];
  }
  return copy;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
