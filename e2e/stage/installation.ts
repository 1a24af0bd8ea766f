/** The cluster with the product on it: what `make demo` and the scenarios start from. */
import path from 'node:path';
import { Cluster } from '../cluster/cluster.ts';
import { run } from '../cluster/command.ts';
import { checkoutFolder } from '../cluster/folders.ts';
import { productImages } from '../cluster/image-recipes.ts';
import { ensureArchives } from '../cluster/images.ts';
import { step } from '../cluster/progress.ts';
import { toolPath } from '../cluster/tools.ts';
import { BUDGETS } from './budgets.ts';

export const OPERATOR_NAMESPACE = 'cupola-system';

/** Brings the cluster up, or back up, and installs or upgrades the chart; nothing is done twice. */
export async function install(): Promise<Cluster> {
  const cluster = await Cluster.open();
  await cluster.up();
  await cluster.importImages();
  await step('installing the chart', () => installChart(cluster));
  return cluster;
}

async function installChart(cluster: Cluster): Promise<void> {
  // The tag stays while a developer changes the code: another image is another annotation, and so a rollout.
  const archives = await ensureArchives(productImages);
  const operator = archives.find(({ reference }) => reference.includes('/operator:'));
  const values = { operator: { podAnnotations: { 'cupola.dev/image': operator?.hash ?? '' } } };
  await run(
    await toolPath('helm'),
    [
      ...['upgrade', '--install', 'cupola', path.join(checkoutFolder, 'charts/cupola')],
      ...['--namespace', OPERATOR_NAMESPACE, '--create-namespace', '--values', '-'],
      ...['--wait', '--timeout', `${BUDGETS.chart / 1000}s`],
    ],
    { input: JSON.stringify(values), env: { ...process.env, KUBECONFIG: cluster.kubeconfigPath } },
  );
}
