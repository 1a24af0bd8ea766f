import { expect, it } from 'vitest';
import { makeOperatorMetrics } from './operator-metrics.ts';
import { showPools } from './pool-gauges.ts';

it('shows what the statuses of pools say, and nothing of pools that are gone', async () => {
  const metrics = makeOperatorMetrics();
  const pool = (name: string, waiting: number) => ({
    metadata: { namespace: 'yard', name },
    status: { waiting },
  });
  showPools(metrics, [pool('encoders', 2), pool('spare', 0)]);
  showPools(metrics, [pool('encoders', 3), { metadata: { namespace: 'yard', name: 'new' } }]);
  const { values } = await metrics.poolWaiting.get();
  expect(values).toEqual([{ labels: { namespace: 'yard', pool: 'encoders' }, value: 3 }]);
});
