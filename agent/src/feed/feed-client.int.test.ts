/** The agent's end of the feed against replicas played by the test, over TLS. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentMessage, OperatorMessage, PathState } from '@cupola/protocol';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedIdentity, FeedServer, makeIdentity } from '../../test/feed-server.ts';
import { FeedClient } from './feed-client.ts';

const NAME = 'cupola-feed.cupola-system.svc';
const PATIENCE = { timeout: 10_000 };
const plan = {
  revision: 7,
  workload: 'a/b',
  paths: [],
  readers: [],
  openToReaders: false,
  holdMs: 30_000,
  drainMs: 0,
};
const state: PathState = { path: 'original/a/b/c', online: true, sinceMs: 1, tracks: ['H264'] };

let identity: FeedIdentity;
let folder: string;
let open: { close(): unknown }[];
let addresses: string[];
let messages: OperatorMessage[];
let problems: string[];
let lost: string[];

beforeAll(async () => {
  identity = await makeIdentity(NAME);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-feed-client-'));
  open = [];
  addresses = ['127.0.0.1'];
  messages = [];
  problems = [];
  lost = [];
  await writeFile(join(folder, 'token'), 'first-token\n');
  await writeFile(join(folder, 'ca'), identity.certificate);
});
afterEach(async () => {
  for (const each of open.reverse()) await each.close();
  await rm(folder, { recursive: true });
});

async function startServer(...parameters: Parameters<typeof FeedServer.start>): Promise<FeedServer> {
  const server = await FeedServer.start(...parameters);
  open.push(server);
  return server;
}

function startClient(port: number): FeedClient {
  const client = new FeedClient({
    url: `wss://${NAME}:${port}`,
    workload: 'a/b',
    agentVersion: '1',
    tokenFile: join(folder, 'token'),
    authorityFile: join(folder, 'ca'),
    planRevision: () => 6,
    isMediamtxUp: () => true,
    mediamtxQuietMs: () => 0,
    states: () => [state],
    onMessage: (message) => messages.push(message),
    onConnected: () => undefined,
    onLost: (address, reason) => lost.push(`${address}: ${reason}`),
    onProblem: (problem) => problems.push(problem),
    random: () => 0,
    resolve: async () => addresses,
  });
  open.push(client);
  client.start();
  return client;
}

const isHeartbeat = (message: AgentMessage) => message.type === 'heartbeat';

describe('the feed', () => {
  it('greets, says what changes, beats, and hands over what it is told', async () => {
    const server = await startServer(identity);
    const client = startClient(server.port);
    const beat = await server.until('a heartbeat', isHeartbeat);
    expect(beat).toEqual({ type: 'heartbeat', planRevision: 6, mediamtxUp: true, mediamtxQuietMs: 0 });
    expect(server.authorizations).toEqual(['Bearer first-token']);
    client.sendStates([{ ...state, online: false }], false);
    await server.until('a change', (message) => message.type === 'states' && !message.complete);
    expect(server.heard.filter((message) => message.type !== 'heartbeat')).toEqual([
      { type: 'hello', workload: 'a/b', agentVersion: '1', planRevision: 6 },
      { type: 'states', complete: true, paths: [state] },
      { type: 'states', complete: false, paths: [{ ...state, online: false }] },
    ]);
    const sources = { type: 'sources', workload: 'a/c', paths: [{ path: 'original/a/b/c', online: true }] };
    server.say({ type: 'plan', plan });
    server.say(sources);
    await vi.waitFor(() => expect(messages).toEqual([{ type: 'plan', plan }, sources]), PATIENCE);
  });

  it('ignores what it does not know, says so once, and never quotes it', async () => {
    const server = await startServer(identity);
    startClient(server.port);
    await server.until('a heartbeat', isHeartbeat);
    server.say('not JSON');
    server.say({ type: 'weather', word: 'secret' });
    server.say({ type: 'plan', plan: { ...plan, readers: 'secret' } });
    server.say({ type: 'plan', plan: { ...plan, colour: 'red' }, since: 'a later version' });
    await vi.waitFor(() => expect(messages).toEqual([{ type: 'plan', plan }]), PATIENCE);
    expect(problems).toEqual(['the feed at 127.0.0.1 sent a frame that is not JSON']);
  });

  it('keeps a connection to every replica, finds new ones and comes back to those that restart', async () => {
    const first = await startServer(identity);
    const client = startClient(first.port);
    await first.until('a heartbeat', isHeartbeat);
    const second = await startServer(identity, first.port, '127.0.0.2');
    addresses = ['127.0.0.1', '127.0.0.2'];
    await second.until('a heartbeat', isHeartbeat);
    expect(client.openCount).toBe(2);
    const { port } = first;
    await first.close();
    await writeFile(join(folder, 'token'), 'second-token\n');
    const again = await startServer(identity, port);
    const hello = await again.until('hello', (message) => message.type === 'hello');
    expect(hello).toBeDefined();
    expect(again.authorizations).toEqual(['Bearer second-token']);
    expect(second.connections).toBe(1);
  });

  it('trusts no authority but the one in the plan Secret, read again at each attempt', async () => {
    const foreign = await makeIdentity(NAME);
    const server = await startServer(foreign);
    startClient(server.port);
    await vi.waitFor(() => expect(problems.join()).toContain('does not open'), PATIENCE);
    expect(server.connections).toBe(0);
    await writeFile(join(folder, 'ca'), foreign.certificate);
    await server.until('a heartbeat', isHeartbeat);
  });

  it('refuses a certificate for another name', async () => {
    const other = await makeIdentity('another.svc');
    await writeFile(join(folder, 'ca'), other.certificate);
    const server = await startServer(other);
    startClient(server.port);
    await vi.waitFor(() => expect(problems.join()).toContain('does not match'), PATIENCE);
    expect(server.connections).toBe(0);
  });

  it('gives up a replica that is silent, and one that sends too much', async () => {
    const server = await startServer(identity);
    startClient(server.port);
    await server.until('a heartbeat', isHeartbeat);
    server.freeze();
    await vi.waitFor(() => expect(lost).toHaveLength(1), PATIENCE);
    const from = server.heard.length;
    await server.until('the agent again', (message) => message.type === 'hello', from);
    server.say('x'.repeat(5 * 1024 * 1024));
    await vi.waitFor(() => expect(lost).toHaveLength(2), PATIENCE);
    expect(messages).toEqual([]);
  });
});
