import { BUDGETS } from './budgets.ts';
import { OPERATOR_NAMESPACE } from './installation.ts';
import type { Kubectl, KubeObject } from './kubectl.ts';

type Pod = KubeObject & { status?: { containerStatuses?: { ready: boolean }[] } };

/** Scales the operator; resolves when so many replicas are ready and no other is left, not one on its way out either. */
export async function scaleOperators(kubectl: Kubectl, replicas: number): Promise<void> {
  const operator = ['-n', OPERATOR_NAMESPACE, 'deployment/cupola-operator'];
  await kubectl.run(['scale', `--replicas=${replicas}`, ...operator]);
  await kubectl.until<Pod, boolean>(
    `${replicas} operators`,
    `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Doperator`,
    (pods) =>
      pods.length === replicas &&
      pods.every(({ status }) => status?.containerStatuses?.every(({ ready }) => ready) ?? false),
    BUDGETS.chart,
  );
}
