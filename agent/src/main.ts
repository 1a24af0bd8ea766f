/**
 * `configure` writes MediaMTX's configuration file and ends: the pod's init container.
 * `run` is the agent: the container beside MediaMTX.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PORTS } from '@cupola/protocol';
import { destination, pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { Agent, type AgentSettings } from './agent.ts';
import { readMediamtxSettings, SettingsError } from './mediamtx/settings.ts';
import { renderStaticFile } from './mediamtx/static-file.ts';

/** As mounted by the operator into every media pod. */
const STATIC_FILE = '/run/mediamtx/mediamtx.yml';
const PLAN_FOLDER = '/etc/cupola/plan';
const DURABLE_FOLDER = '/run/cupola';
const TOKEN_FILE = '/var/run/secrets/cupola/token';

// Synchronous, so that the last line before an end is written too.
const log = pino({ base: null }, destination({ sync: true }));

async function configure(): Promise<void> {
  await mkdir(dirname(STATIC_FILE), { recursive: true });
  await writeFile(STATIC_FILE, renderStaticFile(readMediamtxSettings(process.env)));
}

async function run(): Promise<void> {
  const agent = new Agent({
    workload: readVariable('CUPOLA_WORKLOAD', /^[^/]+\/[^/]+$/, '<namespace>/<name>'),
    feedUrl: readVariable('CUPOLA_FEED_URL', /^wss:\/\/[^/]+$/, 'wss://<host>:<port>'),
    version: packageJson.version,
    planFolder: PLAN_FOLDER,
    durableFolder: DURABLE_FOLDER,
    tokenFile: TOKEN_FILE,
    ports: PORTS,
    ...readAuthListener(),
    restarts: Number(process.env.CUPOLA_RESTARTS ?? 0),
    log,
  });
  const end = (signal: NodeJS.Signals) => {
    log.info({ event: 'ending', signal });
    agent.close().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  await agent.start();
}

/** As supervise.sh leaves it. */
function readAuthListener(): Pick<AgentSettings, 'authListener'> {
  const fd = process.env.CUPOLA_AUTH_FD;
  return fd === undefined ? {} : { authListener: { fd: Number(fd) } };
}

function readVariable(name: string, pattern: RegExp, form: string): string {
  const value = process.env[name] ?? '';
  if (!pattern.test(value))
    throw new SettingsError(name, `is ${JSON.stringify(value)}, not of the form ${form}`);
  return value;
}

function fail(error: unknown): void {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  const isSaidWell = error instanceof SettingsError;
  log.fatal({ event: 'failed', code, problem: message, ...(isSaidWell ? {} : { stack }) });
  // What the environment says wrong a restart does not mend: supervise.sh leaves it to the kubelet (sysexits' EX_CONFIG).
  process.exit(isSaidWell ? 78 : 1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const command = process.argv[2];
if (command === 'configure') await configure();
else if (command === 'run') await run();
else fail(new SettingsError('the command', `is ${command ?? 'missing'}; known are configure and run`));
