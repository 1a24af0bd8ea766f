import { describe, expect, it } from 'vitest';
import { Absences } from './absences.ts';

describe('a worker that is away', () => {
  it('is lost after ten seconds, and says when that will be', () => {
    const absences = new Absences();
    expect(absences.note('yard/w', false, 1_000)).toBe(false);
    expect(absences.nextMs(['yard/w', 'yard/other'], 4_000)).toBe(7_000);
    expect(absences.note('yard/w', false, 10_999)).toBe(false);
    expect(absences.note('yard/w', false, 11_000)).toBe(true);
    expect(absences.nextMs(['yard/w'], 11_000)).toBeUndefined();
  });

  it('is counted anew when it was there in between', () => {
    const absences = new Absences();
    absences.note('yard/w', false, 0);
    absences.note('yard/w', true, 9_000);
    expect(absences.note('yard/w', false, 12_000)).toBe(false);
  });
});
