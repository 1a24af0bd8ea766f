import type { ReconcileContext } from './context.ts';

/** What is known of a path at one workload. */
export interface HeardPath {
  /** Whether the path is in the plan in force there. */
  isKnown: boolean;
  online: boolean;
}

/**
 * What a workload's agent says of a path, undefined where it cannot be asked: it is not connected though its
 * pod is ready, or has not said anything yet. A pod that is not ready and not connected serves nothing.
 */
export function hearPath(
  { states, isSettled }: Pick<ReconcileContext, 'states' | 'isSettled'>,
  workload: string,
  isReady: boolean,
  path: string,
): HeardPath | undefined {
  const heard = states.get(workload);
  if (heard?.connected && heard.paths.size > 0) {
    const state = heard.paths.get(path);
    return { isKnown: state !== undefined, online: state?.online ?? false };
  }
  if (heard?.connected || isReady || !isSettled()) return undefined;
  return { isKnown: false, online: false };
}

/** Whether a workload's agent says of some stream that readers are served there. */
export function isServing(states: ReconcileContext['states'], workload: string): boolean {
  const heard = states.get(workload);
  return (
    heard?.connected === true && heard.mediamtxUp && [...heard.paths.values()].some(({ online }) => online)
  );
}
