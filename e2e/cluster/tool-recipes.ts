/** How each program of the local cluster is made from its pinned Go module under `tools/`. */
export interface ToolRecipe {
  /** Folder under `e2e/cluster/tools` that holds go.mod and go.sum. */
  readonly module: string;
  /** Built program -> Go package; the program is named by us, since etcd's package would come out as `server`. */
  readonly programs: Readonly<Record<string, string>>;
  /** Values for the linker's -X: versions that the programs report. */
  readonly values: Readonly<Record<string, string>>;
}

const KUBERNETES_VERSION = 'v1.35.4';

/** FACTS of the choice: 1.35 is the last Kubernetes that takes Debian bookworm's containerd 1.6 and cgroup v1. */
export const toolRecipes = [
  {
    module: 'kubernetes',
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
    },
    values: {
      'k8s.io/component-base/version.gitVersion': KUBERNETES_VERSION,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '35',
    },
  },
  { module: 'etcd', programs: { etcd: 'go.etcd.io/etcd/server/v3' }, values: {} },
  { module: 'coredns', programs: { coredns: 'github.com/coredns/coredns' }, values: {} },
  {
    module: 'metrics-server',
    programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
    values: { 'k8s.io/client-go/pkg/version.gitVersion': 'v0.8.0' },
  },
  {
    module: 'helm',
    programs: { helm: 'helm.sh/helm/v3/cmd/helm' },
    values: { 'helm.sh/helm/v3/internal/version.version': 'v3.22.0' },
  },
  { module: 'mediamtx', programs: { mediamtx: '.' }, values: {} },
  { module: 'pause', programs: { pause: '.' }, values: {} },
] as const satisfies readonly ToolRecipe[];

type KeysOfUnion<T> = T extends unknown ? keyof T : never;
export type ToolName = KeysOfUnion<(typeof toolRecipes)[number]['programs']>;
