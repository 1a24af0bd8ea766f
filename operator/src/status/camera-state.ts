import type { CAMERA_STATES } from '../api/site.ts';

export type CameraState = (typeof CAMERA_STATES)[number];

/** What the agents say of a camera's path; undefined where none of them can be heard. */
export interface CameraEvidence {
  primary: boolean | undefined;
  backup: boolean | undefined;
  /** Whether viewers are served, where viewers are sent to. */
  isServed: boolean | undefined;
  /** Whether one side is all that the camera can give. */
  isSingle: boolean;
}

/**
 * What of the evidence cannot be had keeps the camera's state: an operator that has just started, or an agent
 * that has lost its connection to it, says nothing of the camera.
 */
export function judgeCamera(evidence: CameraEvidence, previous: CameraState | undefined): CameraState {
  const { primary, backup, isServed, isSingle } = evidence;
  if (isServed === false) return 'Offline';
  if (isServed === undefined) return previous ?? 'Offline';
  if (isSingle) return 'Online';
  if (primary === false || backup === false) return 'Degraded';
  if (primary === undefined || backup === undefined) {
    return previous === 'Redundant' ? 'Redundant' : 'Degraded';
  }
  return 'Redundant';
}
