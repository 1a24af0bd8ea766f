import { ApiError } from './api-error.ts';
import { MalformedWatchError, SilentWatchError } from './watch-stream.ts';

export interface WatchFault {
  cause: 'expired' | 'refused' | 'unreachable' | 'silent' | 'malformed';
  /** Whether the last resource version is of no more use. */
  mustList: boolean;
}

/** What broke a list or a watch, and where to go on. */
export function classifyFault(error: unknown): WatchFault {
  if (error instanceof ApiError) {
    return error.isExpired
      ? { cause: 'expired', mustList: true }
      : { cause: 'refused', mustList: error.status === 400 };
  }
  if (error instanceof MalformedWatchError) return { cause: 'malformed', mustList: true };
  if (error instanceof SilentWatchError) return { cause: 'silent', mustList: false };
  return { cause: 'unreachable', mustList: false };
}

/** The error that a watch's ERROR event stands for (a meta/v1 Status). */
export function watchError(path: string, status: unknown): ApiError {
  const { code, reason, message, details } = (status ?? {}) as {
    code?: number;
    reason?: string;
    message?: string;
    details?: { retryAfterSeconds?: number };
  };
  const seconds = details?.retryAfterSeconds;
  return new ApiError({
    attempted: `GET ${path} (watch)`,
    status: code ?? 500,
    reason: reason ?? 'Unknown',
    message: message ?? '',
    retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
  });
}
