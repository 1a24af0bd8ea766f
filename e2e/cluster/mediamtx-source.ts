import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from './command.ts';
import type { GoToolchain } from './go-toolchain.ts';

const MODULE = 'github.com/bluenviron/mediamtx';

/**
 * Copies MediaMTX's source from the module cache to `target`, made buildable.
 *
 * Its released module lacks two files that its own build generates (`go generate`, which downloads): the
 * version and the HLS player. The module cache is read-only and refuses overlays, hence the copy.
 * @param moduleFolder the folder with the go.mod that pins the version
 */
export async function copyMediamtxSource(
  go: GoToolchain,
  moduleFolder: string,
  target: string,
): Promise<void> {
  const download = await run(go.program, ['mod', 'download', '-json', MODULE], {
    cwd: moduleFolder,
    env: go.env,
  });
  const { Dir: source, Version: version } = JSON.parse(download) as { Dir: string; Version: string };
  await mkdir(target, { recursive: true });
  await cp(source, target, { recursive: true });
  await run('chmod', ['-R', 'u+w', target]);
  await writeFile(join(target, 'internal/core/VERSION'), version);
  const player = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');
  await cp(player, join(target, 'internal/servers/hls/hls.min.js'));
}
