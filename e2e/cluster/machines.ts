/** All machines of a cluster, and where each keeps its files in the state folder. */
import { join } from 'node:path';
import type { ClusterPlan, Station } from './cluster-plan.ts';
import type { ClusterRecord } from './cluster-record.ts';
import { controlPlaneMachine } from './control-plane.ts';
import type { Machine } from './machine.ts';
import { nodeMachine } from './node-machine.ts';

export function machineFolder(folder: string, station: Station): string {
  return join(folder, 'machines', station.name);
}

export function pkiFolder(folder: string): string {
  return join(folder, 'pki');
}

export function kubeconfigPath(folder: string): string {
  return join(folder, 'kubeconfig');
}

/** The control plane first, then the nodes. */
export function machinesOf(plan: ClusterPlan, folder: string, record: ClusterRecord): Machine[] {
  const pki = pkiFolder(folder);
  const { tools, maxRestartDelay } = record;
  return [
    controlPlaneMachine(plan, machineFolder(folder, plan.control), pki, tools),
    ...plan.nodes.map((node) =>
      nodeMachine(plan, node, { folder: machineFolder(folder, node), pki, tools, maxRestartDelay }),
    ),
  ];
}
