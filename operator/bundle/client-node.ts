/** What @dot-i/k8s-operator touches of client-node when it is constructed. Part of the bundle alone. */
export { KubeConfig } from '@kubernetes/client-node';

/** Constructed by the library, and not called: the operator's requests go through kube/client.ts. */
export class CoreV1Api {}
