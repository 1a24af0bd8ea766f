import type { DesiredObject } from '../src/render/desired-object.ts';
import type { TierSurroundings } from '../src/render/tier-rendering.ts';
import type { CredentialSecrets } from '../src/topology/basic-auth.ts';
import type { ObservedShard } from '../src/topology/observed-shard.ts';
import type { AnyObject } from './manifests.ts';
import { buildSecrets, buildShard } from './tier-builders.ts';

export const NOW_MS = 1_700_000_000_000;

export function buildSurroundings(
  changes: {
    shard?: ObservedShard;
    secrets?: CredentialSecrets;
    readerKeys?: TierSurroundings['readerKeys'];
  } = {},
): TierSurroundings {
  return {
    secrets: changes.secrets ?? buildSecrets({}),
    readerKeys: changes.readerKeys ?? { current: 'a2V5' },
    settings: { agentImage: 'agent:1', mediamtxImage: 'mediamtx:1', feedUrl: 'wss://feed.test:8443' },
    planWriting: { feedCa: 'CA', nowMs: NOW_MS },
    observeShard: () => changes.shard ?? buildShard(),
  };
}

export function pick(objects: readonly DesiredObject[], kind: string, name: string): AnyObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined)
    throw new Error(`no ${kind} ${name} among ${objects.map(({ metadata }) => metadata.name)}`);
  return found;
}

/** The plan in a workload's rendered Secret. */
export function pickPlan(objects: readonly DesiredObject[], workload: string): AnyObject {
  const { data } = pick(objects, 'Secret', `${workload}-plan`);
  return JSON.parse(Buffer.from(data['plan.json'], 'base64').toString());
}
