import type { ReconcileHandler, Reconciliation, Target } from '../kube/handlers.ts';
import { createFactoryHandler } from './camera-factory.ts';
import { ClusterView } from './cluster-view.ts';
import { createPoolHandler } from './compressor-pool.ts';
import type { ReconcileContext } from './context.ts';
import { createRelayHandler } from './master-relay.ts';
import { routeChange } from './routes.ts';
import { createSiteHandler } from './site.ts';
import { StateRoutes } from './state-routes.ts';
import { UpgradePlaces } from './upgrade-places.ts';

/** What the operator does with its kinds, ready to be plugged in. */
export function createReconciliation(tools: Omit<ReconcileContext, 'upgrades'>): Reconciliation {
  const { caches, settings, isSettled } = tools;
  const upgrades = new UpgradePlaces(caches, settings.upgradesAtOnce, isSettled);
  const context: ReconcileContext = { ...tools, upgrades };
  const view = new ClusterView(context.caches);
  const stateRoutes = new StateRoutes(context.caches, view, context.states);
  return {
    handlers: {
      Site: createSiteHandler(context),
      CameraFactory: withRelease('CameraFactory', createFactoryHandler(context)),
      CompressorPool: withRelease('CompressorPool', createPoolHandler(context)),
      MasterRelay: withRelease('MasterRelay', createRelayHandler(context)),
    },
    routeChange: (change) => [...routeChange(change, view), ...upgrades.route(change)],
    routeStates: (workload, paths) => stateRoutes.route(workload, paths),
  };

  function withRelease(kind: Target['kind'], handle: ReconcileHandler): ReconcileHandler {
    return async (key) => {
      try {
        return await handle(key);
      } finally {
        upgrades.release({ kind, ...key });
      }
    };
  }
}
