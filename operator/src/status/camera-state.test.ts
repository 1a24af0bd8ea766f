import { describe, expect, it } from 'vitest';
import { type CameraState, judgeCamera } from './camera-state.ts';

const both = { isServed: true, isSingle: false };

describe('judgeCamera', () => {
  it.each<[string, Parameters<typeof judgeCamera>[0], CameraState | undefined, CameraState]>([
    ['both sides and viewers', { primary: true, backup: true, ...both }, undefined, 'Redundant'],
    ['one side', { primary: true, backup: false, ...both }, 'Redundant', 'Degraded'],
    [
      'one side, which is all it can give',
      { primary: true, backup: false, isServed: true, isSingle: true },
      undefined,
      'Online',
    ],
    [
      'viewers not served',
      { primary: true, backup: true, isServed: false, isSingle: false },
      'Redundant',
      'Offline',
    ],
    [
      'nothing heard yet',
      { primary: undefined, backup: undefined, isServed: undefined, isSingle: false },
      'Redundant',
      'Redundant',
    ],
    [
      'nothing heard ever',
      { primary: undefined, backup: undefined, isServed: undefined, isSingle: false },
      undefined,
      'Offline',
    ],
    ['one side not heard', { primary: true, backup: undefined, ...both }, 'Redundant', 'Redundant'],
    [
      'one side not heard, and the camera was down',
      { primary: true, backup: undefined, ...both },
      'Offline',
      'Degraded',
    ],
    [
      'one side gone, the other not heard',
      { primary: false, backup: undefined, ...both },
      'Redundant',
      'Degraded',
    ],
  ])('with %s', (_, evidence, previous, state) => {
    expect(judgeCamera(evidence, previous)).toBe(state);
  });
});
