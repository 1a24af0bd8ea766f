/** The operator's program: reads the environment, joins the parts, and runs until it is told to end. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { CupolaOperator } from './cupola-operator.ts';
import { needsApply, withAppliedHash } from './diff/needs-apply.ts';
import { systemClock } from './kube/clock.ts';
import { makeOperatorMetrics } from './metrics/operator-metrics.ts';
import { createReconciliation } from './reconcile/reconciliation.ts';

const namespace = readEnv('CUPOLA_NAMESPACE');
const settings = {
  namespace,
  agentImage: readEnv('CUPOLA_AGENT_IMAGE'),
  mediamtxImage: readEnv('CUPOLA_MEDIAMTX_IMAGE'),
  upgradesAtOnce: readCount('CUPOLA_UPGRADES_AT_ONCE'),
};
const logger = pino({ level: process.env.CUPOLA_LOG_LEVEL ?? 'info', base: null });
const feedHost = `cupola-feed.${namespace}.svc`;

const operator = new CupolaOperator({
  namespace,
  podName: readEnv('CUPOLA_POD_NAME'),
  // Set only where several replicas share one address, as in the scale bench.
  ports: { feed: readPort('CUPOLA_FEED_PORT', 8443), http: readPort('CUPOLA_HTTP_PORT', 8080) },
  feedHosts: [feedHost, `${feedHost}.cluster.local`],
  diff: { needsApply, withAppliedHash },
  makeReconciliation: (tools) => createReconciliation({ ...tools, settings, nowMs: Date.now, randomBytes }),
  clock: systemClock,
  logger,
  metrics: makeOperatorMetrics({ withProcess: true }),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logger.info({ signal }, 'ending');
    void operator.close().then(() => process.exit(0));
  });
}
process.on('unhandledRejection', (error) => {
  logger.fatal({ err: error }, 'a failure that nobody handles');
  process.exit(1);
});

await operator.start();

function readEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}

function readCount(name: string): number {
  const count = Number(readEnv(name));
  if (!Number.isInteger(count) || count < 1) throw new Error(`${name} is not a number from 1 on`);
  return count;
}

function readPort(name: string, fallback: number): number {
  const port = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`${name} is not a port`);
  return port;
}
