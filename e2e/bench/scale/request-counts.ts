import { type AuditedRequest, purposeOf } from './audit-log.ts';
import type { RequestCounts } from './figures.ts';

export function countRequests(requests: readonly AuditedRequest[]): RequestCounts {
  const counts = { write: 0, read: 0, watch: 0, lease: 0, review: 0 };
  const writes: Record<string, number> = {};
  const reads: Record<string, number> = {};
  for (const request of requests) {
    const purpose = purposeOf(request);
    counts[purpose]++;
    const name = `${request.verb} ${request.resource}`;
    if (purpose === 'write') writes[name] = (writes[name] ?? 0) + 1;
    if (purpose === 'read') reads[name] = (reads[name] ?? 0) + 1;
  }
  return { ...counts, writes, reads };
}
