import type { ProblemReason } from '../api/reasons.ts';

/** Something that a person must mend, said so that they can. All that it does not concern goes on. */
export interface Problem {
  reason: ProblemReason;
  /** As in the manifest: `spec.cameras[gate].push.credentialsSecretRef`. */
  field: string;
  /** What is wrong, without a full stop. */
  message: string;
  /** What to do, without a full stop. */
  remedy: string;
}
