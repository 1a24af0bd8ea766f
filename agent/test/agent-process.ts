/** The agent as a process of its own on ports of its own: `node agent-process.ts <settings file>`. */
import { readFileSync } from 'node:fs';
import { destination, pino } from 'pino';
import { Agent, type AgentSettings } from '../src/agent.ts';

const [file = ''] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(file, 'utf8')) as Omit<AgentSettings, 'log'>;
const log = pino({ base: null }, destination({ sync: true }));
const agent = new Agent({ ...settings, log });
process.once('SIGTERM', () => void agent.close().then(() => process.exit(0)));
await agent.start();
