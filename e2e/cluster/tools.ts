/**
 * The programs of the local cluster, built from pinned Go modules into the user's cache.
 *
 * Each module has a folder there, named by a hash of everything that decides what comes out of it: a fresh clone of
 * the same versions finds its programs built, and another module's new version builds that module alone. A program
 * appears by rename, whole or not at all. One more folder links to all of them, for PATH.
 */
import { createHash, type Hash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { run } from './command.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, checkoutFolder } from './folders.ts';
import { findGo } from './go-toolchain.ts';
import { copyMediamtxSource } from './mediamtx-source.ts';
import { step } from './progress.ts';
import { type ToolName, type ToolRecipe, toolRecipes } from './tool-recipes.ts';

export type { ToolName } from './tool-recipes.ts';

const modulesFolder = join(checkoutFolder, 'e2e/cluster/tools');
const foldersOnce = new Map<ToolRecipe, Promise<string>>();

/** The absolute path of a program; builds its module first (up to five minutes) where the cache lacks it. */
export async function toolPath(name: ToolName): Promise<string> {
  const recipe = recipeOf(name);
  const path = join(await moduleFolder(recipe), name);
  if (!(await isThere(path))) await buildModule(recipe);
  return path;
}

/** Builds what the cache lacks, one module after the other: each build uses every core. Gives the links' folder. */
export async function buildTools(): Promise<string> {
  const links = await toolsFolder();
  await mkdir(links, { recursive: true });
  for (const recipe of toolRecipes) {
    for (const name of Object.keys(recipe.programs)) {
      const program = await toolPath(name as ToolName);
      await link(relative(links, program), join(links, name));
    }
  }
  return links;
}

/** The folder of links to all programs; says nothing about which are there. */
export async function toolsFolder(): Promise<string> {
  const folders = await Promise.all(toolRecipes.map(moduleFolder));
  const hash = createHash('sha256').update(folders.map((folder) => basename(folder)).join('\n'));
  return join(cacheFolder(), 'tools', shorten(hash));
}

/** The folder of a module's programs, built or not. */
function moduleFolder(recipe: ToolRecipe): Promise<string> {
  const folder =
    foldersOnce.get(recipe) ??
    hashInputs(recipe).then((hash) => join(cacheFolder(), 'tools', `${recipe.module}-${hash}`));
  foldersOnce.set(recipe, folder);
  return folder;
}

async function hashInputs(recipe: ToolRecipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.arch, recipe]));
  for (const file of ['go.mod', 'go.sum', 'main.go']) {
    const content = await readFile(join(modulesFolder, recipe.module, file)).catch(() => '');
    hash.update(`${file}:${content.length}\n`).update(content);
  }
  return shorten(hash);
}

function shorten(hash: Hash): string {
  return hash.digest('hex').slice(0, 16);
}

/** The target is named by what it holds, so a link that is there is the right one. */
async function link(target: string, path: string): Promise<void> {
  await symlink(target, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function recipeOf(name: ToolName): ToolRecipe {
  const recipe = toolRecipes.find(({ programs }) => name in programs);
  if (recipe === undefined) throw new Error(`no recipe makes ${name}`);
  return recipe;
}

async function buildModule(recipe: ToolRecipe): Promise<void> {
  const folder = await moduleFolder(recipe);
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
