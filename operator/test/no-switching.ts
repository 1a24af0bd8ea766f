import type { Switching } from '../src/reconcile/context.ts';

/** For reconciliation alone: nothing moves a Service, and nothing is in the way of a move. */
export const noSwitching: Switching = {
  noteUpgraded: () => {},
  switchMsOf: () => undefined,
  explainHold: () => undefined,
};
