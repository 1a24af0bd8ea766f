/**
 * The caches that reconciliation reads: one watched kind each. Cupola's own kinds whole; of everything else
 * only what carries `app.kubernetes.io/managed-by: cupola`, but for users' credentials and namespaces.
 */
import type {
  V1DeploymentSpec,
  V1DeploymentStatus,
  V1PodDisruptionBudgetSpec,
  V1ServiceSpec,
  V1ServiceStatus,
  V2HorizontalPodAutoscalerSpec,
} from '@kubernetes/client-node';
import type { CameraFactorySpec, CameraFactoryStatus } from '../api/camera-factory.ts';
import type { CompressorPoolSpec, CompressorPoolStatus } from '../api/compressor-pool.ts';
import type { MasterRelaySpec, MasterRelayStatus } from '../api/master-relay.ts';
import type { SiteSpec, SiteStatus } from '../api/site.ts';
import type { KubeObject } from './object.ts';
import type { Store, StoreChange } from './store.ts';

/** The API server has validated and defaulted `spec` by the CRD's schema; parse it once more where it rules. */
export type SiteObject = KubeObject & { spec: SiteSpec; status?: SiteStatus };
export type CameraFactoryObject = KubeObject & { spec: CameraFactorySpec; status?: CameraFactoryStatus };
export type CompressorPoolObject = KubeObject & { spec: CompressorPoolSpec; status?: CompressorPoolStatus };
export type MasterRelayObject = KubeObject & { spec: MasterRelaySpec; status?: MasterRelayStatus };

export type DeploymentObject = KubeObject & { spec?: V1DeploymentSpec; status?: V1DeploymentStatus };
export type ServiceObject = KubeObject & { spec?: V1ServiceSpec; status?: V1ServiceStatus };
/** `data` is base64, as on the wire. */
export type SecretObject = KubeObject & { type?: string; data?: Record<string, string> };
export type PodDisruptionBudgetObject = KubeObject & { spec?: V1PodDisruptionBudgetSpec };
export type HorizontalPodAutoscalerObject = KubeObject & { spec?: V2HorizontalPodAutoscalerSpec };
export type ServiceAccountObject = KubeObject & { automountServiceAccountToken?: boolean };
export type NamespaceObject = KubeObject;
/** Whether it takes pods, its labels, and what extended resources it has. */
export type NodeObject = KubeObject & {
  spec?: { unschedulable?: boolean };
  status?: { allocatable?: Record<string, string> };
};

/** What is kept of a pod; the rest of its spec and status is dropped on entry. */
export type PodObject = KubeObject & {
  spec: { nodeName?: string };
  status: { phase?: string; podIP?: string; conditions?: { type: string; status: string }[] };
};

export interface CachedKinds {
  Site: SiteObject;
  CameraFactory: CameraFactoryObject;
  CompressorPool: CompressorPoolObject;
  MasterRelay: MasterRelayObject;
  Deployment: DeploymentObject;
  Service: ServiceObject;
  /** Labelled managed-by cupola: plans, generated credentials. */
  Secret: SecretObject;
  /** Every Secret of type kubernetes.io/basic-auth, whoever made it. */
  BasicAuthSecret: SecretObject;
  Pod: PodObject;
  PodDisruptionBudget: PodDisruptionBudgetObject;
  HorizontalPodAutoscaler: HorizontalPodAutoscalerObject;
  ServiceAccount: ServiceAccountObject;
  /** Name and labels alone. */
  Namespace: NamespaceObject;
  Node: NodeObject;
}
export type CachedKind = keyof CachedKinds;

/** `caches.Site.get('default', 'harbour')`. Complete (as of some moment) before any handler is called. */
export type Caches = { readonly [K in CachedKind]: Store<CachedKinds[K]> };

/** A change in one of the caches, as routes see it. */
export type CacheChange = {
  [K in CachedKind]: { kind: K; change: StoreChange<CachedKinds[K]> };
}[CachedKind];
