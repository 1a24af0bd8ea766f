import { defineConfig } from 'vitest/config';
import { DemoLast } from './e2e/stage/demo-last.ts';

/**
 * One configuration, a project each: `unit` does no I/O, `integration` talks to real servers, `e2e` runs on the
 * local cluster.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: DemoLast },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocol,operator,agent,e2e,tools}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.int.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{protocol,operator,agent,e2e,tools}/**/*.int.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // A second, as it is without this, is what a busy machine may take for a turn.
          expect: { poll: { timeout: 15_000 } },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/scenarios/*.e2e.ts'],
          globalSetup: ['e2e/stage/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
