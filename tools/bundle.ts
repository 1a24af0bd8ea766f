/**
 * Bundles the programs that run in containers into one file each, so that an image is Node and that file:
 * `operator/dist/operator.mjs` and `agent/dist/agent.mjs`.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { leanClientNode } from '../operator/bundle/lean-client-node.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Libraries in CommonJS call `require` for Node's own modules; an ES module has none of its own. */
const requireBanner =
  "import { createRequire as createRequireForBundle } from 'node:module';\n" +
  'const require = createRequireForBundle(import.meta.url);';

/** Bundles one program's `src/main.ts` to `dist/<program>.mjs`, and gives the path of the bundle. */
export async function bundle(program: 'operator' | 'agent'): Promise<string> {
  const outfile = `${root}${program}/dist/${program}.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: [`${program}/src/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: requireBanner },
    plugins: [leanClientNode],
    // The source stays in memory beside its compiled form: the Kubernetes client's 15 MB of generated classes cost the
    // operator 134 MiB at start as they are, 80 MiB minified. Names stay whole in stack traces and logs.
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outfile;
}

if (import.meta.main) {
  for (const program of ['operator', 'agent'] as const) process.stdout.write(`${await bundle(program)}\n`);
}
