import { describe, expect, it } from 'vitest';
import { parseMaintenance, parseSwitchTo } from './annotations.ts';

describe('cupola.dev/switch-to', () => {
  it.each([
    ['backup/monday', 0, 'backup'],
    ['backup/monday', 3, 'backup'],
    ['3:primary/2', 3, 'primary'],
    ['3:primary/2', 0, undefined],
  ])('%s asks shard %i for %s', (text, shard, side) => {
    expect(parseSwitchTo(text, shard)).toEqual({
      value: side === undefined ? undefined : { side, token: text },
    });
  });

  it.each(['backup', 'backup/', 'left/1', '0:backup', 'x:backup/1', 'backup/a b'])(
    '%s is refused',
    (text) => {
      expect(parseSwitchTo(text, 0)).toHaveProperty('problem', expect.stringContaining('<token>'));
    },
  );
});

describe('cupola.dev/maintenance', () => {
  it.each([
    ['backup', 1, ['backup']],
    ['0:primary', 0, ['primary']],
    ['0:primary', 1, []],
    ['0:primary, 1:backup', 1, ['backup']],
  ])('%s takes from shard %i: %s', (text, shard, sides) => {
    expect(parseMaintenance(text, shard)).toEqual({ value: new Set(sides) });
  });

  it.each(['', 'left', 'primary,backup', '0:primary,0:backup'])('%j is refused', (text) => {
    expect(parseMaintenance(text, 0)).toHaveProperty('problem');
  });
});
