/** The API server answered with an error. Says nothing of the content of a Secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code = 'CUP_API';
  readonly attempted: string;
  readonly status: number;
  /** The API server's own word, e.g. `Conflict`, `AlreadyExists`, `Expired`. */
  readonly reason: string;
  /** What the API server asked for by Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(fields: {
    attempted: string;
    status: number;
    reason: string;
    message: string;
    retryAfterMs?: number | undefined;
  }) {
    super(
      `${fields.attempted}: the API server answered ${fields.status} ${fields.reason}: ${fields.message}`,
    );
    this.attempted = fields.attempted;
    this.status = fields.status;
    this.reason = fields.reason;
    this.retryAfterMs = fields.retryAfterMs;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** Another write came between, or the object exists already: read again and decide anew. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  /** The API server will never take this object as it is. */
  get isInvalid(): boolean {
    return this.status === 400 || this.status === 422;
  }

  /** The resource version is too old for the API server: list again. */
  get isExpired(): boolean {
    return this.status === 410;
  }
}

/** No answer came: the connection failed, was reset, or stayed silent too long. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError';
  readonly code = 'CUP_API_UNREACHABLE';
  readonly attempted: string;

  constructor(attempted: string, cause: unknown) {
    super(
      `${attempted}: no answer from the API server (${cause instanceof Error ? cause.message : String(cause)})`,
      {
        cause,
      },
    );
    this.attempted = attempted;
  }
}

/** A write was refused on this side, because another replica may be the leader by now. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  readonly code = 'CUP_LEASE_LOST';

  constructor() {
    super('this replica does not hold the lease: the write was not made; the leader will make it');
  }
}
