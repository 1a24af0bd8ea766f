import type { ReconcileContext } from './context.ts';

const BYTES = 18;

/** 24 characters that need no escape in a URL. */
export function generatePassword(context: Pick<ReconcileContext, 'randomBytes'>): string {
  return context.randomBytes(BYTES).toString('base64url');
}
