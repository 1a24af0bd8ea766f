import { PROBLEM_REASONS } from '../api/reasons.ts';
import { ApiError } from '../kube/api-error.ts';
import type { KubeObject } from '../kube/object.ts';
import type { DesiredObject, Owner } from '../render/desired-object.ts';
import type { Problem } from '../topology/problem.ts';
import type { ReconcileContext } from './context.ts';
import { findManaged, isMadeFor, listManaged } from './managed-objects.ts';

/** An object that stays as it is. */
export interface KeptObject {
  kind: string;
  name: string;
}

/**
 * Makes what is made for an owner what it should be: applies `desired` in its order, where it differs, then
 * deletes what is left over, but for what is `kept`. An object that cannot be applied, because
 * the API server refuses it or somebody else has one of that name, is a problem, and holds up no other.
 *
 * Throws what heals by trying again: conflicts, an API server that cannot be reached, a lost lease.
 */
export async function converge(
  context: ReconcileContext,
  owner: Owner,
  desired: readonly DesiredObject[],
  kept: readonly KeptObject[] = [],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const lives = await Promise.all(desired.map((object) => findLive(context, object)));
  for (const [index, object] of desired.entries()) {
    const problem = await applyOver(context, owner, object, lives[index]);
    if (problem !== undefined) problems.push(problem);
  }
  const names = [...desired.map(({ kind, metadata }) => ({ kind, name: metadata.name })), ...kept];
  const wanted = new Set(names.map(({ kind, name }) => `${kind}/${name}`));
  for (const object of listManaged(context.caches, owner)) {
    if (!wanted.has(`${object.kind}/${object.metadata.name}`)) await context.applier.delete(object);
  }
  return problems;
}

/** One object of `converge`. */
export async function applyOwned(
  context: ReconcileContext,
  owner: Owner,
  desired: DesiredObject,
): Promise<Problem | undefined> {
  return await applyOver(context, owner, desired, await findLive(context, desired));
}

/** What no cache shows may be somebody else's, and would be overwritten: it is asked for once, when it is made. */
async function findLive(context: ReconcileContext, desired: DesiredObject): Promise<KubeObject | undefined> {
  return findManaged(context.caches, desired) ?? (await context.readLive(desired));
}

async function applyOver(
  context: ReconcileContext,
  owner: Owner,
  desired: DesiredObject,
  live: KubeObject | undefined,
): Promise<Problem | undefined> {
  if (live !== undefined && !isMadeFor(live, owner)) return describeTaken(desired);
  try {
    await context.applier.apply(desired, live);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) return describeRefusal(desired, error);
    throw error;
  }
}

/** 403 is a quota, a policy or missing rights: like an invalid object, nothing that trying again mends soon. */
function isRefusal(error: ApiError): boolean {
  return error.isInvalid || error.status === 403;
}

export function describeTaken({ kind, metadata }: DesiredObject): Problem {
  return {
    reason: PROBLEM_REASONS.nameTaken,
    field: 'metadata.name',
    message: `a ${kind} ${metadata.namespace}/${metadata.name} exists that was not made for this object`,
    remedy: 'delete or rename that one, or give this object another name',
  };
}

function describeRefusal({ kind, metadata }: DesiredObject, error: ApiError): Problem {
  return {
    reason: PROBLEM_REASONS.rejected,
    field: 'spec',
    message: `the ${kind} ${metadata.name} was refused: ${error.message.slice(0, 1000)}`,
    remedy: 'correct what the message names; it is tried again every minute',
  };
}
