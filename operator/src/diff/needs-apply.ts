/**
 * Whether a write is needed, and how we know.
 *
 *     cupola.dev/applied differs      -> yes: a field came, went or changed in what we want
 *     a wanted field is not so live   -> yes: somebody changed it
 *     otherwise                       -> no, whatever else others or the API server's defaults put there
 *
 * `metadata.resourceVersion` of a desired object is a precondition of its write, no content: it is ignored. The side
 * in the selector of a Service is read back, not decided: it is compared, but no part of the hash, so that a switch is
 * no reason to write.
 */
import { ANNOTATIONS, LABELS } from '../api/labels.ts';
import { hashContent } from './content-hash.ts';
import { mergeKeysOf } from './list-keys.ts';
import { isSameQuantity } from './quantities.ts';

/** As much of a Kubernetes object as is looked at by name. */
interface AnnotatedObject {
  kind?: string;
  metadata: { name: string; annotations?: Record<string, string>; resourceVersion?: string };
}

/** The maps whose values are quantities, and the single quantities; `quantity` stands for any value of the maps. */
const QUANTITY_MAPS = new Set(['requests', 'limits']);
const QUANTITY_FIELDS = new Set(['sizeLimit', 'quantity']);

/** The object as it is to be sent: with the hash of everything in it but the hash and the precondition. */
export function withAppliedHash<T extends AnnotatedObject>(desired: T): T {
  const { [ANNOTATIONS.applied]: _, ...others } = desired.metadata.annotations ?? {};
  const content = {
    ...leaveOutSide(desired),
    metadata: { ...desired.metadata, annotations: others, resourceVersion: undefined },
  };
  const annotations = { ...others, [ANNOTATIONS.applied]: hashContent(content) };
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}

function leaveOutSide(desired: AnnotatedObject & { spec?: { selector?: Record<string, string> } }): object {
  const { spec } = desired;
  if (desired.kind !== 'Service' || spec?.selector === undefined) return desired;
  return { ...desired, spec: { ...spec, selector: { ...spec.selector, [LABELS.side]: undefined } } };
}

/** Whether `desired`, with or without its hash, must be written over `live`, undefined where there is none. */
export function needsApply(desired: AnnotatedObject, live: AnnotatedObject | undefined): boolean {
  if (live === undefined) return true;
  // What carries a hash has it from withAppliedHash; hashing a large plan twice would cost as much again.
  const isMarked = desired.metadata.annotations?.[ANNOTATIONS.applied] !== undefined;
  const wanted = isMarked ? desired : withAppliedHash(desired);
  const applied = wanted.metadata.annotations?.[ANNOTATIONS.applied];
  if (live.metadata.annotations?.[ANNOTATIONS.applied] !== applied) return true;
  const { resourceVersion: _, ...metadata } = wanted.metadata;
  return !isContained('', { ...wanted, metadata }, live);
}

/** Whether everything in `wanted`, the value of `field`, is in `live` too. */
function isContained(field: string, wanted: unknown, live: unknown): boolean {
  if (isEmpty(wanted) && (live === undefined || live === null)) return true;
  if (Array.isArray(wanted)) return Array.isArray(live) && isListContained(field, wanted, live);
  if (!isRecord(wanted))
    return wanted === live || (QUANTITY_FIELDS.has(field) && isSameQuantity(wanted, live));
  if (!isRecord(live)) return false;
  const memberOf = (key: string) => (QUANTITY_MAPS.has(field) ? 'quantity' : key);
  return Object.entries(wanted).every(([key, value]) => isContained(memberOf(key), value, live[key]));
}

function isListContained(field: string, wanted: readonly unknown[], live: readonly unknown[]): boolean {
  const keys = mergeKeysOf(field, wanted[0]);
  if (keys === undefined) {
    return wanted.length === live.length && wanted.every((item, index) => isContained('', item, live[index]));
  }
  const liveByKey = new Map(live.map((item) => [formatMergeKey(item, keys), item]));
  return wanted.every((item) => isContained('', item, liveByKey.get(formatMergeKey(item, keys))));
}

function formatMergeKey(item: unknown, keys: readonly string[]): string {
  return JSON.stringify(isRecord(item) ? keys.map((key) => item[key]) : item);
}

/** The API server leaves out what is empty or zero (`omitempty`) unless a default takes its place. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === false || value === 0 || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
