/**
 * Keeps out of the operator's bundle what it never runs of @kubernetes/client-node: 15 MB of generated API classes,
 * and undici. Measured: 147 MiB resident at rest with them, 100 without.
 *
 * The operator uses KubeConfig alone; its requests go through kube/client.ts over node:https. @dot-i/k8s-operator
 * requires the whole of client-node, for methods that CupolaOperator overrides or does not call
 * (docs/decisions/0001-dot-i-k8s-operator.md). Run from source, nothing of this applies.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const CLIENT_NODE = '@kubernetes/client-node';
const standIn = (name: string) => ({ path: fileURLToPath(new URL(name, import.meta.url)) });
/** Marks a resolution that this plugin has asked for itself. */
const ASKED = 'lean-client-node';

export const leanClientNode: Plugin = {
  name: 'lean-client-node',
  setup(build) {
    build.onResolve({ filter: /^(undici|gaxios)$/ }, ({ importer }) =>
      importer.includes(CLIENT_NODE) || importer.includes('@dot-i') ? standIn('requests.ts') : undefined,
    );
    build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ importer }) =>
      importer.endsWith(`${CLIENT_NODE}/dist/config.js`) ? standIn('generated-api.ts') : undefined,
    );
    // Its package.json does not say that its modules may be left out when nothing of them is used.
    build.onResolve({ filter: /^(\.|@kubernetes\/client-node$)/ }, async ({ path, ...args }) => {
      const isWhole = path === CLIENT_NODE;
      if (args.pluginData === ASKED || !(isWhole || args.importer.includes(CLIENT_NODE))) return undefined;
      if (isWhole && args.importer.includes('@dot-i')) return standIn('client-node.ts');
      const { kind, importer, resolveDir } = args;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: ASKED });
      return { ...found, sideEffects: false };
    });
  },
};
