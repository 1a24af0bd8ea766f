import { describe, expect, it } from 'vitest';
import { judgeRendition, type RenditionEvidence } from './rendition-state.ts';

const served: RenditionEvidence = { isSourceOnline: true, isServed: true, isPlaced: true };

describe('a rendition', () => {
  it.each([
    { is: 'Encoding', when: 'viewers are served', evidence: {} },
    { is: 'Starting', when: 'it is placed and not served yet', evidence: { isServed: false } },
    { is: 'Offline', when: 'its camera sends nothing', evidence: { isServed: false, isSourceOnline: false } },
    {
      is: 'Waiting',
      when: 'the original is served in its place',
      evidence: { isPlaced: false, waiting: 'NoRoom' },
    },
    { is: 'Stalled', when: 'its encoders fail', evidence: { isServed: false, failure: 'no such codec' } },
    { is: 'Stalled', when: 'nobody can have it', evidence: { isPlaced: false, failure: 'no GPU' } },
    {
      is: 'Encoding',
      when: 'it is served though one of its encoders fails',
      evidence: { failure: 'no such codec' },
    },
  ] as const)('is $is when $when', ({ is, evidence }) => {
    expect(judgeRendition({ ...served, ...evidence }, undefined).state).toBe(is);
  });

  it('says who it waits for: a worker, or a pool at all', () => {
    const waiting = { ...served, isPlaced: false };
    expect(judgeRendition(waiting, undefined).message).toContain('No pool');
    expect(judgeRendition({ ...waiting, waiting: 'NoWorker' }, undefined).message).toContain('No worker');
  });

  it('says that an encoder cannot keep up', () => {
    expect(judgeRendition({ ...served, isTooSlow: true }, undefined).message).toContain('cannot keep up');
  });

  it('is what it was as long as nobody can be heard', () => {
    const unheard = { ...served, isServed: undefined, isSourceOnline: undefined };
    expect(judgeRendition(unheard, 'Encoding').state).toBe('Encoding');
    expect(judgeRendition(unheard, undefined).state).toBe('Starting');
  });
});
