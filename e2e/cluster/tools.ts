/**
 * The programs of the local cluster, built from pinned Go modules into the user's cache.
 *
 * The folder is named by a hash of everything that decides what comes out, so a fresh clone of the same
 * versions finds them built; a program appears there by rename, whole or not at all.
 */
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, checkoutFolder } from './folders.ts';
import { findGo } from './go-toolchain.ts';
import { copyMediamtxSource } from './mediamtx-source.ts';
import { step } from './progress.ts';
import { type ToolName, type ToolRecipe, toolRecipes } from './tool-recipes.ts';

export type { ToolName } from './tool-recipes.ts';

const modulesFolder = join(checkoutFolder, 'e2e/cluster/tools');
let folderOnce: Promise<string> | undefined;

/** The absolute path of a program; builds its module first (up to five minutes) where the cache lacks it. */
export async function toolPath(name: ToolName): Promise<string> {
  const path = join(await toolsFolder(), name);
  if (!(await isThere(path))) await buildModule(recipeOf(name));
  return path;
}

/** Builds what the cache lacks, one module after the other: each build uses every core. */
export async function buildTools(): Promise<string> {
  for (const recipe of toolRecipes) {
    for (const name of Object.keys(recipe.programs)) await toolPath(name as ToolName);
  }
  return toolsFolder();
}

/** The folder of the built programs, for PATH; says nothing about which are there. */
export function toolsFolder(): Promise<string> {
  folderOnce ??= hashInputs().then((hash) => join(cacheFolder(), 'tools', hash));
  return folderOnce;
}

async function hashInputs(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.arch, toolRecipes]));
  for (const { module } of toolRecipes) {
    for (const file of ['go.mod', 'go.sum', 'main.go']) {
      const content = await readFile(join(modulesFolder, module, file)).catch(() => '');
      hash.update(`${module}/${file}:${content.length}\n`).update(content);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function recipeOf(name: ToolName): ToolRecipe {
  const recipe = toolRecipes.find(({ programs }) => name in programs);
  if (recipe === undefined) throw new Error(`no recipe makes ${name}`);
  return recipe;
}

async function buildModule(recipe: ToolRecipe): Promise<void> {
  const folder = await toolsFolder();
  await mkdir(folder, { recursive: true });
  await withFileLock(join(cacheFolder(), 'locks', 'tools.lock'), 'building the cluster tools', async () => {
    const wanted: string[] = [];
    for (const name of Object.keys(recipe.programs)) {
      if (!(await isThere(join(folder, name)))) wanted.push(name);
    }
    if (wanted.length === 0) return;
    const work = `${folder}.unfinished`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work);
    await step(`building ${wanted.join(', ')}`, () => buildPrograms(recipe, wanted, work));
    for (const name of wanted) await rename(join(work, name), join(folder, name));
    await rm(work, { recursive: true, force: true });
  });
}

async function buildPrograms(recipe: ToolRecipe, names: readonly string[], work: string): Promise<void> {
  const go = await findGo();
  let cwd = join(modulesFolder, recipe.module);
  if (recipe.module === 'mediamtx') {
    const copy = join(work, 'source');
    await copyMediamtxSource(go, cwd, copy);
    cwd = copy;
  }
  const values = Object.entries(recipe.values).map(([key, value]) => `-X ${key}=${value}`);
  const ldflags = ['-s', '-w', ...values].join(' ');
  for (const name of names) {
    const source = recipe.programs[name];
    if (source === undefined) throw new Error(`no package makes ${name}`);
    const args = ['build', '-trimpath', '-ldflags', ldflags, '-o', join(work, name), source];
    await run(go.program, args, { cwd, env: go.env });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
