/**
 * Types of MediaMTX's Control API, from the openapi.yaml of the very module version that e2e/cluster builds, cut down
 * to the requests that the agent makes. `node tools/generate-mediamtx-api.ts` writes the file, `--check` compares.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');
const MODULE_FOLDER = join(ROOT, 'e2e/cluster/tools/mediamtx');
const OUTPUT = join(ROOT, 'agent/src/mediamtx/generated/control-api.ts');

/** What the agent asks for. */
const PATHS = [
  '/v3/info',
  '/v3/paths/list',
  '/v3/paths/get/{name}',
  ...['rtspsessions', 'rtmpconns', 'srtconns', 'webrtcsessions', 'hlssessions'].flatMap((name) => [
    `/v3/${name}/list`,
    `/v3/${name}/kick/{id}`,
  ]),
];

type Node = { [key: string]: unknown };

export async function generateMediamtxApi(): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'go',
    ['mod', 'download', '-json', 'github.com/bluenviron/mediamtx'],
    { cwd: MODULE_FOLDER },
  );
  const { Dir, Version } = JSON.parse(stdout) as { Dir: string; Version: string };
  const document = parse(await readFile(join(Dir, 'api/openapi.yaml'), 'utf8')) as Node;
  const types = await openapiTS(cutDown(document) as never, { alphabetize: true });
  return `// Generated from api/openapi.yaml of MediaMTX ${Version} by tools/generate-mediamtx-api.ts; do not edit.\n${astToString(types)}`;
}

/** The document with `PATHS` alone and the schemas that they reach. */
function cutDown(document: Node): Node {
  const all = document.paths as Node;
  const paths = Object.fromEntries(
    PATHS.map((path) => {
      if (all[path] === undefined) throw new Error(`MediaMTX's openapi.yaml has no ${path} any more`);
      return [path, all[path]];
    }),
  );
  const schemas = (document.components as { schemas: Node }).schemas;
  const reached: Node = {};
  const follow = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (name in reached) continue;
      reached[name] = schemas[name];
      follow(JSON.stringify(schemas[name]));
    }
  };
  follow(JSON.stringify(paths));
  return { openapi: document.openapi, info: document.info, paths, components: { schemas: reached } };
}

if (import.meta.main) {
  const text = await generateMediamtxApi();
  if (process.argv.includes('--check')) {
    if ((await readFile(OUTPUT, 'utf8').catch(() => '')) !== text) {
      console.error(`${OUTPUT} is stale: run node tools/generate-mediamtx-api.ts`);
      process.exitCode = 1;
    }
  } else {
    await writeFile(OUTPUT, text);
  }
}
