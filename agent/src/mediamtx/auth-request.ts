/** What MediaMTX posts to its authHTTPAddress (internal/auth/manager.go, authenticateHTTP). */
import * as z from 'zod';

export const AUTH_ACTIONS = ['publish', 'read', 'playback', 'api', 'metrics', 'pprof'] as const;

export const authRequestSchema = z.object({
  ip: z.string(),
  user: z.string(),
  password: z.string(),
  action: z.enum(AUTH_ACTIONS),
  path: z.string(),
  /** Empty for actions on no stream. */
  protocol: z.string(),
  /**
   * The session's, by which the Control API kicks it. Null outside one (a player's page, the API); for an RTSP
   * DESCRIBE the connection's, which cannot be kicked: the SETUP after it asks again.
   */
  id: z.string().nullable(),
});
export type AuthRequest = z.infer<typeof authRequestSchema>;
