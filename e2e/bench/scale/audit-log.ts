import { open } from 'node:fs/promises';

/** One request as kube-apiserver's audit log (audit.k8s.io/v1, level Metadata) tells it. */
export interface AuditedRequest {
  readonly verb: string;
  readonly user: string;
  readonly userAgent: string;
  /** `resource` or `resource/subresource`; empty for paths that are no resource. */
  readonly resource: string;
  readonly object: string;
  readonly atMs: number;
}

/** Reads what has been appended to the log since the last call. */
export class AuditLog {
  readonly #file: string;
  #offset = 0;
  #rest = '';

  constructor(file: string) {
    this.#file = file;
  }

  async readNew(): Promise<AuditedRequest[]> {
    const handle = await open(this.#file);
    try {
      const { size } = await handle.stat();
      const buffer = Buffer.alloc(size - this.#offset);
      await handle.read(buffer, 0, buffer.length, this.#offset);
      this.#offset = size;
      const lines = (this.#rest + buffer.toString('utf8')).split('\n');
      this.#rest = lines.pop() ?? '';
      return lines.map(parseAuditLine);
    } finally {
      await handle.close();
    }
  }
}

interface AuditLine {
  verb: string;
  user: { username: string };
  userAgent?: string;
  requestReceivedTimestamp: string;
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string };
}

export function parseAuditLine(line: string): AuditedRequest {
  const { verb, user, userAgent, requestReceivedTimestamp, objectRef } = JSON.parse(line) as AuditLine;
  return {
    verb,
    user: user.username,
    userAgent: userAgent ?? '',
    resource: [objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/'),
    object: [objectRef?.namespace, objectRef?.name].filter(Boolean).join('/'),
    atMs: Date.parse(requestReceivedTimestamp),
  };
}

export type Purpose = 'write' | 'read' | 'watch' | 'lease' | 'review';

/**
 * What a request is for. `lease`: the election's, which goes on at rest. `review`: asks whether a token is good
 * (`create`, but nothing is stored). `watch`: a stream opened once and held.
 */
export function purposeOf({ verb, resource }: AuditedRequest): Purpose {
  if (resource.startsWith('leases')) return 'lease';
  if (/^(tokenreviews|subjectaccessreviews)/.test(resource)) return 'review';
  if (verb === 'watch') return 'watch';
  return verb === 'get' || verb === 'list' ? 'read' : 'write';
}
