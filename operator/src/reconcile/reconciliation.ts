import type { Reconciliation } from '../kube/handlers.ts';
import { createFactoryHandler } from './camera-factory.ts';
import { ClusterView } from './cluster-view.ts';
import { createPoolHandler } from './compressor-pool.ts';
import type { ReconcileContext } from './context.ts';
import { createRelayHandler } from './master-relay.ts';
import { routeChange } from './routes.ts';
import { createSiteHandler } from './site.ts';
import { StateRoutes } from './state-routes.ts';

/** An agent connects within a second or two of its operator's start; a lost node's pod comes back later. */
const SETTLE_MS = 15_000;

/** What the operator does with its kinds, ready to be plugged in. */
export function createReconciliation(tools: Omit<ReconcileContext, 'isSettled'>): Reconciliation {
  const startedMs = tools.nowMs();
  const context: ReconcileContext = { ...tools, isSettled: () => tools.nowMs() - startedMs > SETTLE_MS };
  const view = new ClusterView(context.caches);
  const stateRoutes = new StateRoutes(context.caches, view, context.states);
  return {
    handlers: {
      Site: createSiteHandler(context),
      CameraFactory: createFactoryHandler(context),
      CompressorPool: createPoolHandler(context),
      MasterRelay: createRelayHandler(context),
    },
    routeChange: (change) => routeChange(change, view),
    routeStates: (workload, paths) => stateRoutes.route(workload, paths),
  };
}
