/** What merging has done; streams may share one. */
export interface MergerCounters {
  /** Units that went out. */
  sent: number;
  /** Second copies of units that went out. */
  copies: number;
  /** Units that nobody brought before, too late to go out in order. */
  late: number;
  /** Units that no other leg brought, though these were past them. */
  conflicts: number;
  /** Changes to a leg of another encoding, or after all had failed. */
  switches: number;
}

export function createMergerCounters(): MergerCounters {
  return { sent: 0, copies: 0, late: 0, conflicts: 0, switches: 0 };
}
