/** The cluster with the product on it: what `make demo` and the scenarios start from. */
import path from 'node:path';
import { Cluster } from '../cluster/cluster.ts';
import { run } from '../cluster/command.ts';
import { checkoutFolder } from '../cluster/folders.ts';
import { step } from '../cluster/progress.ts';
import { toolPath } from '../cluster/tools.ts';
import { BUDGETS } from './budgets.ts';

export const OPERATOR_NAMESPACE = 'cupola-system';

/** Brings the cluster up, or back up, and installs or upgrades the chart; nothing is done twice. */
export async function install(): Promise<Cluster> {
  const cluster = await Cluster.open();
  await cluster.up();
  const images = await cluster.importImages();
  const operator = images.find(({ reference }) => reference.includes('/operator:'));
  await step('installing the chart', () => installChart(cluster, operator?.hash ?? ''));
  return cluster;
}

async function installChart(cluster: Cluster, operatorImage: string): Promise<void> {
  // The tag stays while a developer changes the code: another image is another annotation, and so a rollout.
  const values = { operator: { podAnnotations: { 'cupola.dev/image': operatorImage } } };
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
