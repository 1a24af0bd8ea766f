/**
 * `make demo`, again, and `make demo-down`, as a person runs them. The cluster is gone afterwards, so this one
 * comes last.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Cluster } from '../cluster/cluster.ts';
import { demoFolder } from '../demo/up.ts';

const PROGRAM = path.join(import.meta.dirname, '../demo.ts');

test('the demo comes up, may be repeated, and is gone without a trace after its end', async () => {
  const first = await demo('up');
  expect(first).toMatch(/harbour\/gate +Redundant/);
  expect(first).toMatch(/harbour\/gate\/low +Encoding/);
  expect(first).toMatch(/museum\/vault +Online/);
  const cameras = await listCameras();
  expect(cameras).toHaveLength(8);
  expect(await demo('up')).toMatch(/station\/lift +Online/);
  expect(await listCameras(), 'what runs is left running').toEqual(cameras);
  await demo('down');
  expect(await listCameras()).toEqual([]);
  expect(await (await Cluster.open()).leftovers()).toEqual([]);
});

/** Runs the demo to its end; gives what it printed as its result. */
async function demo(verb: 'up' | 'down'): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, verb], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [exitCode] = await once(child, 'close');
  expect(exitCode).toBe(0);
  return output;
}

/** The process ids of the demo's cameras. */
async function listCameras(): Promise<string[]> {
  const folder = demoFolder(await Cluster.open());
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const isCamera = async (id: string) => {
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    return command.includes('camera-main.ts') && command.includes(folder);
  };
  const found = await Promise.all(processes.map(async (id) => ((await isCamera(id)) ? [id] : [])));
  return found.flat();
}
