/** Runs every generator: writes what they make, or with `--check` fails where the checkout holds something else. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { generateCrds } from './generate-crds.ts';
import { generateManifests } from './generate-manifests.ts';
import type { GeneratedFile } from './generated-file.ts';

const ROOT = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

const definitions = generateCrds();
await settle(definitions);
await settle(await generateManifests(definitions.filter(({ path }) => path.startsWith('crds/'))));
await runMediamtxApi();
if (process.exitCode)
  console.error('generated files are stale: run `make generate` and commit what it changes');

async function settle(files: readonly GeneratedFile[]): Promise<void> {
  for (const { path, content } of files) {
    const file = join(ROOT, path);
    if ((await readFile(file, 'utf8').catch(() => '')) === content) continue;
    if (isCheck) {
      console.error(`${path} is not what its generator makes`);
      process.exitCode = 1;
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    console.log(`wrote ${path}`);
  }
}

/** Its source is a Go module: the check downloads nothing for it, since the file changes with go.mod alone. */
async function runMediamtxApi(): Promise<void> {
  if (isCheck && !(await isMediamtxSourceToHand())) {
    console.log("not compared: the types of MediaMTX's Control API (its module is not in Go's module cache)");
    return;
  }
  const args = [join(ROOT, 'tools/generate-mediamtx-api.ts'), ...(isCheck ? ['--check'] : [])];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}

async function isMediamtxSourceToHand(): Promise<boolean> {
  try {
    await promisify(execFile)('go', ['mod', 'download', '-json', 'github.com/bluenviron/mediamtx'], {
      cwd: join(ROOT, 'e2e/cluster/tools/mediamtx'),
      env: { ...process.env, GOPROXY: 'off' },
    });
    return true;
  } catch {
    return false;
  }
}
