/** Something that is being done and needs nobody: the object is not ready until it is. */
export interface Pending {
  reason: string;
  /** Whole sentences without the last full stop. */
  message: string;
}
