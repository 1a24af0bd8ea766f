import { type LegState, PLAN_KEY } from '@cupola/protocol';
import { beforeEach, expect, it } from 'vitest';
import { LABELS } from '../api/labels.ts';
import type { SecretObject } from '../kube/caches.ts';
import { PathStateRegistry } from './path-state-registry.ts';
import { PlanIndex } from './plan-index.ts';
import { Plays } from './plays.ts';

const PATH = 'original/ns/site/gate';
const PRIMARY = { workload: 'ns/factory-0-primary', side: 'primary' };
const BACKUP = { workload: 'ns/factory-0-backup', side: 'backup' };
const RELAY = 'relay-0-primary';

let states: PathStateRegistry;
let plays: Plays;

beforeEach(() => {
  states = new PathStateRegistry(() => performance.now());
  const index = new PlanIndex();
  const object = makePlanSecret();
  index.take({ type: 'added', key: { namespace: 'ns', name: object.metadata.name }, object });
  plays = new Plays(states, index);
  for (const { workload } of [PRIMARY, BACKUP]) say(workload, true);
});

it('lists a stream whose leg from the other side is not live yet', () => {
  say(`ns/${RELAY}`, true, { primary: 'live', backup: 'connecting' });
  expect(plays.listUnplayed(PRIMARY, BACKUP)).toEqual([`ns/${RELAY} ${PATH}`]);
  expect(plays.listUnplayed(BACKUP, PRIMARY)).toEqual([]);
  say(`ns/${RELAY}`, true, { primary: 'live', backup: 'live' });
  expect(plays.listUnplayed(PRIMARY, BACKUP)).toEqual([]);
});

it('leaves out what the other side does not serve, and who is not connected', () => {
  say(`ns/${RELAY}`, true, { primary: 'live', backup: 'connecting' });
  say(BACKUP.workload, false);
  expect(plays.listUnplayed(PRIMARY, BACKUP)).toEqual([]);
  say(BACKUP.workload, true);
  states.disconnect(`ns/${RELAY}`, `ns/${RELAY}`);
  expect(plays.listUnplayed(PRIMARY, BACKUP)).toEqual([]);
});

function say(workload: string, online: boolean, legs: Record<string, LegState['state']> = {}): void {
  if (states.get(workload) === undefined) {
    states.connect(workload, { uid: workload, created: '2030-01-01T00:00:00Z' }, 1);
  }
  const said = Object.entries(legs).map(([id, state]) => ({ id, state }));
  const path = { path: PATH, online, sinceMs: 0, tracks: [], legs: said };
  states.take(workload, workload, { type: 'states', complete: true, paths: [path] });
}

function makePlanSecret(): SecretObject {
  const legs = [PRIMARY, BACKUP].map(({ workload, side }) => ({
    ...{ id: side, workload },
    url: `rtsp://${side}:8554/${PATH}`,
  }));
  const plan = {
    revision: 1,
    workload: `ns/${RELAY}`,
    paths: [{ path: PATH, source: { from: 'legs', legs } }],
    readers: [],
    openToReaders: false,
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'ns', name: `${RELAY}-plan`, labels: { [LABELS.workload]: RELAY } },
    data: { [PLAN_KEY]: Buffer.from(JSON.stringify(plan)).toString('base64') },
  } as SecretObject;
}
