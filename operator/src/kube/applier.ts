import type { KubeObject } from './object.ts';

/**
 * How reconciliation writes. Every write is refused (LeaseLostError) from the moment on that this replica may
 * no longer be the leader, and is counted as attempted, suppressed or failed.
 *
 * Answers are put into the caches at once, so the next reconciliation of any object sees them.
 *
 * Errors: ApiError with the object's kind and key, the HTTP status and the API server's reason and message,
 * never the object's content. `isConflict` (409) heals by reconciling again; `isInvalid` (422, 400) does not.
 */
export interface Applier {
  /**
   * Makes the live object what is desired, by server-side apply (manager cupola-operator, forced), where the
   * diff says that it is not so already. `live` is the cache's copy, undefined where there is none.
   * Returns the object as it is after it: the API server's answer, or `live` itself where nothing was written.
   */
  apply<T extends KubeObject>(desired: KubeObject, live: T | undefined): Promise<T>;

  /**
   * Makes an object that must never be overwritten (generated credentials, keys); where it exists by now, that
   * one is read and returned.
   */
  createIfAbsent<T extends KubeObject>(desired: T): Promise<T>;

  /**
   * Replaces the status of one of our kinds where it differs from `live.status` (deep comparison, without
   * regard to the order of keys; members that are undefined count as absent). Give the whole status, with
   * `lastTransitionTime` kept from the live one where a condition has not changed. A merge patch: members of
   * the old status that are not in the new one are removed.
   */
  applyStatus<T extends KubeObject & { status?: unknown }>(live: T, status: T['status']): Promise<T>;

  /**
   * Deletes that very object (precondition: its uid), in the background. Gone already, or another by now, is
   * no error: `false`. An object already being deleted is not deleted again.
   */
  delete(live: KubeObject): Promise<boolean>;
}

/** Tells people of something that happened to an object, as a Kubernetes Event. Never waits, never fails. */
export interface EventRecorder {
  /**
   * `reason` PascalCase; `message` without credentials, cut at 1,024 bytes. The same reason and message about
   * the same object is written once and not again until another came between or an hour has passed.
   */
  record(about: KubeObject, event: { type: 'Normal' | 'Warning'; reason: string; message: string }): void;
}
