/** Image builds without a daemon, in a storage of our own under the cache. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ask, run } from './command.ts';
import { cacheFolder } from './folders.ts';

/** vfs copies layers, and so works on every file system and leaves no mount behind. */
function storage(): string[] {
  const root = join(cacheFolder(), 'buildah');
  return ['--root', join(root, 'storage'), '--runroot', join(root, 'run'), '--storage-driver', 'vfs'];
}

/** No RUN step is ever used: chroot is the isolation that asks least of the machine. */
const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' };

export interface ImageBuild {
  readonly containerfile: string;
  readonly context: string;
  /** The name it is built under. */
  readonly reference: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
}

export async function hasImage(reference: string): Promise<boolean> {
  return (await ask('buildah', [...storage(), 'inspect', '--type', 'image', reference], { env })) !== null;
}

/** Builds an image into the storage. One build at a time: what a killed one left behind is removed first. */
export async function buildImage(build: ImageBuild): Promise<void> {
  await run('buildah', [...storage(), 'rm', '--all'], { env });
  const values = Object.entries(build.buildArgs ?? {}).flatMap(([key, value]) => [
    '--build-arg',
    `${key}=${value}`,
  ]);
  const where = ['--file', build.containerfile, '--tag', build.reference, build.context];
  await run('buildah', [...storage(), 'build', '--quiet', ...values, ...where], { env });
}

/** Writes an image from the storage to an OCI archive, by rename, and drops it from the storage. */
export async function exportImage(reference: string, archive: string): Promise<void> {
  const work = join(dirname(archive), 'unfinished');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const file = join(work, basename(archive));
  // Half of gzip's time for a file of the same size.
  const compression = ['--compression-format', 'zstd', '--compression-level', '1'];
  const push = ['push', '--quiet', ...compression, reference, `oci-archive:${file}:${reference}`];
  await run('buildah', [...storage(), ...push], { env });
  await run('buildah', [...storage(), 'rmi', reference], { env });
  await rename(file, archive);
  await rm(work, { recursive: true });
}

/** Deletes all but the newest archives whose names begin with `stem`. */
export async function pruneArchives(folder: string, stem: string, keep: number): Promise<void> {
  const archives = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(stem)) continue;
    archives.push({ path: join(folder, name), madeMs: (await stat(join(folder, name))).mtimeMs });
  }
  archives.sort((a, b) => b.madeMs - a.madeMs);
  for (const { path } of archives.slice(keep)) await rm(path, { force: true });
}
