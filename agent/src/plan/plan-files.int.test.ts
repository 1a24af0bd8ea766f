import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DurablePlan } from './durable-plan.ts';
import { MountedPlan } from './mounted-plan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-plan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const plan = (revision: number) => ({
  revision,
  workload: 'a/b',
  paths: [],
  readers: [],
  openToReaders: false,
  holdMs: 0,
  drainMs: 0,
});

describe('the durable copy', () => {
  it('is the last plan written, readable by its owner alone, without leftovers', async () => {
    const copy = new DurablePlan(join(folder, 'cupola', 'plan.json'));
    expect(await copy.read()).toBeUndefined();
    await Promise.all([1, 2, 3].map((revision) => copy.write(plan(revision))));
    expect(JSON.parse((await copy.read()) ?? '')).toEqual(plan(3));
    expect(await readdir(join(folder, 'cupola'))).toEqual(['plan.json']);
    expect((await stat(join(folder, 'cupola', 'plan.json'))).mode & 0o777).toBe(0o600);
  });
});

describe('the mounted plan', () => {
  /** As the kubelet's atomic writer does: a new folder, a new link, a rename over the old link. */
  async function mount(version: string, text: string): Promise<void> {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'plan.json'), text);
    await symlink(version, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  }

  it('is read again when the kubelet swaps the link, and not when the same text is mounted anew', async () => {
    await mount('..v1', 'one');
    await symlink('..data/plan.json', join(folder, 'plan.json'));
    const texts: string[] = [];
    const mounted = new MountedPlan(folder, (text) => texts.push(text));
    await mounted.start();
    expect(texts).toEqual(['one']);
    await mount('..v2', 'one');
    await mount('..v3', 'two');
    await vi.waitFor(() => expect(texts).toEqual(['one', 'two']), { timeout: 10_000 });
    mounted.close();
  });
});
