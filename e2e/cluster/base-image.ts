/** The image that bundles are put on: Node 24 from its npm package, on a few of Debian's libraries. */
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
const packages = ['libc6', 'libgcc-s1', 'libstdc++6'];

/** The base image's name in the build storage, by what goes into it; built first where it is missing. */
export async function ensureBaseImage(): Promise<string> {
  const nodePackage = createRequire(import.meta.url).resolve('node/package.json');
  const { version } = JSON.parse(await readFile(nodePackage, 'utf8')) as { version: string };
  const hash = createHash('sha256')
    .update(await readFile(containerfile))
    .update(JSON.stringify([packages, version, process.arch]))
    .digest('hex');
  const reference = `localhost/cupola/base:${hash.slice(0, 16)}`;
  if (!(await hasImage(reference))) {
    await step(`building the base image with Node ${version}`, () =>
      buildBase(reference, join(dirname(nodePackage), 'bin/node')),
    );
  }
  return reference;
}

async function buildBase(reference: string, nodeProgram: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'cupola-base-'));
  try {
    await run('mmdebstrap', [
      ...['--quiet', '--variant=extract', `--include=${packages.join(',')}`],
      ...['bookworm', join(context, 'root.tar')],
    ]);
    await cp(nodeProgram, join(context, 'node'));
    await buildImage({ containerfile, context, reference });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
