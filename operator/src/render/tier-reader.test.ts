import { expect, it } from 'vitest';
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
  expect(new Set(credentials.map(({ user }) => user)).size).toBe(consumers.length);
  expect(new Set(credentials.map(({ password }) => password)).size).toBe(credentials.length);
});
