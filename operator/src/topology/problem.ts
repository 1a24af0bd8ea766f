import type { ProblemReason } from '../api/reasons.ts';

/** Something that a person must mend, said so that they can. */
export interface Problem {
  reason: ProblemReason;
  /** As in the manifest: `spec.cameras[gate].push.credentialsSecretRef`. */
  field: string;
  /** What is wrong, without a full stop. */
  message: string;
  /** What to do, without a full stop. */
  remedy: string;
  /** `object`: nothing new of the object can be put in force. `part`: the rest of it is. */
  scope: 'object' | 'part';
}
