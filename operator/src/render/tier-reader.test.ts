import { TIER_USER_PREFIX } from '@cupola/protocol';
import { expect, it } from 'vitest';
import type { MediaKind } from '../topology/names.ts';
import { deriveReader } from './tier-reader.ts';

const factory = { kind: 'CameraFactory', namespace: 'yard', name: 'dock' } as const;

it('gives a pool and a relay of one name different users and passwords, and each pair its own', () => {
  const consumers = [
    { kind: 'MasterRelay', namespace: 'yard', name: 'dock' },
    { kind: 'CompressorPool', namespace: 'yard', name: 'dock' },
    { kind: 'CameraFactory', namespace: 'yard', name: 'dock' },
  ] as const;
  const producers = [factory, { ...factory, kind: 'CompressorPool' } as const, { ...factory, name: 'quay' }];
  const credentials = producers.flatMap((producer) =>
    consumers.map((consumer) => deriveReader('a2V5', producer, consumer)),
  );
  for (const producer of producers) {
    const users = consumers.map((consumer) => deriveReader('a2V5', producer, consumer).user);
    expect(new Set(users).size).toBe(consumers.length);
  }
  expect(new Set(credentials.map(({ password }) => password)).size).toBe(credentials.length);
});

it('has a worker wait for the factories that read from it, and nobody for any other tier', () => {
  const isWaitedFor = (producer: MediaKind, consumer: MediaKind) => {
    const { user } = deriveReader('a2V5', { ...factory, kind: producer }, { ...factory, kind: consumer });
    return !user.startsWith(TIER_USER_PREFIX);
  };
  expect(isWaitedFor('CompressorPool', 'CameraFactory')).toBe(true);
  expect(isWaitedFor('CompressorPool', 'CompressorPool')).toBe(false);
  expect(isWaitedFor('CameraFactory', 'CompressorPool')).toBe(false);
  expect(isWaitedFor('CameraFactory', 'MasterRelay')).toBe(false);
  expect(isWaitedFor('CameraFactory', 'CameraFactory')).toBe(false);
});
