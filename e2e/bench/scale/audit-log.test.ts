import { expect, test } from 'vitest';
import { parseAuditLine, purposeOf } from './audit-log.ts';

function requestOf(verb: string, resource: string, subresource?: string) {
  return parseAuditLine(
    JSON.stringify({
      verb,
      user: { username: 'system:serviceaccount:cupola:cupola-operator' },
      userAgent: 'node',
      requestReceivedTimestamp: '2024-05-01T00:00:00.500000Z',
      objectRef: { resource, subresource, namespace: 'a', name: 'b' },
    }),
  );
}

test('a line of the audit log becomes a request', () => {
  expect(requestOf('patch', 'sites', 'status')).toEqual({
    verb: 'patch',
    user: 'system:serviceaccount:cupola:cupola-operator',
    userAgent: 'node',
    resource: 'sites/status',
    object: 'a/b',
    atMs: Date.UTC(2024, 4, 1, 0, 0, 0, 500),
  });
});

test.each([
  ['patch', 'services', 'write'],
  ['create', 'events', 'write'],
  ['delete', 'secrets', 'write'],
  ['get', 'secrets', 'read'],
  ['list', 'sites', 'read'],
  ['watch', 'sites', 'watch'],
  ['update', 'leases', 'lease'],
  ['get', 'leases', 'lease'],
  ['create', 'tokenreviews', 'review'],
])('%s of %s is a %s', (verb, resource, purpose) => {
  expect(purposeOf(requestOf(verb, resource))).toBe(purpose);
});
