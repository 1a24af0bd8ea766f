import { open } from 'node:fs/promises';

/** One request as the API server's audit log has it. */
export interface AuditedRequest {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
}

interface AuditEvent {
  readonly requestReceivedTimestamp: string;
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly objectRef?: { readonly resource?: string; readonly name?: string; readonly subresource?: string };
}

/** The requests that the API server received between the two times. */
export async function readAudit(file: string, from: Date, to: Date): Promise<AuditedRequest[]> {
  const requests: AuditedRequest[] = [];
  const log = await open(file);
  for await (const line of log.readLines()) {
    if (!line.endsWith('}')) continue; // The last one is being written.
    const event = JSON.parse(line) as AuditEvent;
    const received = new Date(event.requestReceivedTimestamp);
    if (received < from || received > to) continue;
    const { resource = '', subresource, name = '' } = event.objectRef ?? {};
    requests.push({
      user: event.user.username,
      verb: event.verb,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      name,
    });
  }
  return requests;
}
