/** The image that bundles are put on: Node 24 from its npm package, on a few of Debian's packages. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildImage, hasImage } from './buildah.ts';
import { run } from './command.ts';
import { checkoutFolder } from './folders.ts';
import { step } from './progress.ts';

const containerfile = join(checkoutFolder, 'e2e/cluster/images/base.Containerfile');
/** What Node is linked with, and what the agent's supervisor needs: a shell, Perl, `sleep` and `date`. */
const basePackages = ['libc6', 'libgcc-s1', 'libstdc++6', 'dash', 'perl-base', 'coreutils'];

export interface BaseImage {
  /** Name in the build storage; the same name is the same content. */
  readonly reference: string;
  readonly nodeVersion: string;
  readonly nodeProgram: string;
  readonly packages: readonly string[];
}

/** What the base image will be, with these packages beside its own, without building it. */
export async function planBaseImage(more: readonly string[] = []): Promise<BaseImage> {
  const packages = [...basePackages, ...more];
  const nodePackage = createRequire(import.meta.url).resolve('node/package.json');
  const { version } = JSON.parse(await readFile(nodePackage, 'utf8')) as { version: string };
  const hash = createHash('sha256')
    .update(await readFile(containerfile))
    .update(JSON.stringify([packages, version, process.arch]))
    .digest('hex');
  return {
    reference: `localhost/cupola/base:${hash.slice(0, 16)}`,
    nodeVersion: version,
    nodeProgram: join(dirname(nodePackage), 'bin/node'),
    packages,
  };
}

/** Builds the base image where the storage lacks it. */
export async function ensureBaseImage(base: BaseImage): Promise<void> {
  if (await hasImage(base.reference)) return;
  await step(`building the base image with Node ${base.nodeVersion}`, () => buildBase(base));
}

async function buildBase({ reference, nodeProgram, packages }: BaseImage): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'cupola-base-'));
  try {
    await extractPackages(packages, join(context, 'root.tar'));
    await cp(nodeProgram, join(context, 'node'));
    await buildImage({ containerfile, context, reference });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Writes an archive of Debian packages and what they depend on, unpacked and not configured. */
export async function extractPackages(names: readonly string[], archive: string): Promise<void> {
  const include = `--include=${names.join(',')}`;
  const hook = `--extract-hook=${LINK_ALTERNATIVES}`;
  await run('mmdebstrap', ['--quiet', '--variant=extract', include, hook, 'bookworm', archive]);
}

/** What update-alternatives makes when packages are configured: FFmpeg is linked with both. */
const LINK_ALTERNATIVES =
  'cd "$1"/usr/lib/*-linux-gnu && for each in blas/libblas.so.3 lapack/liblapack.so.3; do [ ! -e $each ] || ln -s $each .; done';
