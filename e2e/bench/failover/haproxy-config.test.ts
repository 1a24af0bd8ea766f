import { expect, test } from 'vitest';
import { haproxyConfig } from './haproxy-config.ts';

test('the checks are those that were asked for, and only the tuned ones end sessions', () => {
  const usual = haproxyConfig({ inter: '5s', fall: 3, endsSessions: false });
  const tuned = haproxyConfig({ inter: '500ms', fall: 2, endsSessions: true });
  expect(usual).toContain('default-server check inter 5s fall 3\n');
  expect(tuned).toContain('default-server check inter 500ms fall 2 on-marked-down shutdown-sessions\n');
});

test('the backup side of each tier serves only while the primary does not', () => {
  const config = haproxyConfig({ inter: '5s', fall: 3, endsSessions: false });
  for (const tier of ['factory', 'relay']) {
    expect(config).toContain(
      `  server primary ${tier}-primary:8554\n  server backup ${tier}-backup:8554 backup\n`,
    );
  }
});
