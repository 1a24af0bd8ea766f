/**
 * OCI archives of the images, cached by what is in them: an unchanged image is neither built nor imported again.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle } from '../../tools/bundle.ts';
import { type BaseImage, ensureBaseImage, extractPackages, planBaseImage } from './base-image.ts';
import { buildImage, exportImage, pruneArchives } from './buildah.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, checkoutFolder } from './folders.ts';
import type { ImageRecipe } from './image-recipes.ts';
import { step } from './progress.ts';
import { toolPath } from './tools.ts';

const KEPT_ARCHIVES = 3;

export interface ImageArchive {
  readonly reference: string;
  /** Of the inputs: the same hash is the same image. */
  readonly hash: string;
  readonly path: string;
}

/** Archives of all the given images, building what the cache lacks. */
export async function ensureArchives(recipes: readonly ImageRecipe[]): Promise<ImageArchive[]> {
  const archives: ImageArchive[] = [];
  for (const recipe of recipes) archives.push(await ensureArchive(recipe));
  return archives;
}

async function ensureArchive(recipe: ImageRecipe): Promise<ImageArchive> {
  const context = await prepareContext(recipe);
  const containerfile = join(checkoutFolder, recipe.containerfile);
  const hash = createHash('sha256')
    .update(recipe.reference)
    .update(await readFile(containerfile))
    .update(context.content)
    .update(context.base?.reference ?? '')
    .digest('hex')
    .slice(0, 16);
  const folder = join(cacheFolder(), 'images');
  const stem = `${recipe.reference.replaceAll(/[^a-z0-9.]+/g, '-')}-`;
  const archive: ImageArchive = {
    reference: recipe.reference,
    hash,
    path: join(folder, `${stem}${hash}.tar`),
  };
  if (await isThere(archive.path)) {
    await utimes(archive.path, new Date(), new Date());
    return archive;
  }
  await mkdir(folder, { recursive: true });
  await withFileLock(join(cacheFolder(), 'locks', 'images.lock'), 'building images', async () => {
    if (await isThere(archive.path)) return;
    if (context.base !== null) await ensureBaseImage(context.base);
    await step(`building the image ${recipe.reference}`, async () => {
      const buildArgs = context.base === null ? {} : { BASE: context.base.reference };
      const build = (from: string) =>
        buildImage({ containerfile, context: from, reference: recipe.reference, buildArgs });
      await ('packages' in recipe.content
        ? withPackages(recipe.content.packages, build)
        : build(context.folder));
      await exportImage(recipe.reference, archive.path);
    });
    await pruneArchives(folder, stem, KEPT_ARCHIVES);
  });
  return archive;
}

interface BuildContext {
  readonly folder: string;
  /** Stands for the bytes that get copied. */
  readonly content: string | Buffer;
  readonly base: BaseImage | null;
}

async function prepareContext({ content }: ImageRecipe): Promise<BuildContext> {
  if ('tool' in content) {
    const folder = dirname(await toolPath(content.tool));
    return { folder, content: folder, base: null };
  }
  if ('packages' in content) {
    return { folder: checkoutFolder, content: content.packages.join(' '), base: null };
  }
  const files = [
    await bundle(content.bundle),
    ...(content.files ?? []).map((file) => join(checkoutFolder, file)),
  ];
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return {
    folder: checkoutFolder,
    content: Buffer.concat(contents),
    base: await planBaseImage(content.basePackages),
  };
}

async function withPackages(
  names: readonly string[],
  build: (context: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cupola-packages-'));
  try {
    await extractPackages(names, join(folder, 'root.tar'));
    await build(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
