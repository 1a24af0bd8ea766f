/**
 * A media pod, of one side of a shard or one worker of a pool: `mediamtx` and `agent`, after `configure` has written MediaMTX's file to
 * where no refresh of a mount ever touches it. It satisfies the `restricted` Pod Security Standard.
 *
 *     volume      what it is                          configure   mediamtx   agent
 *     mediamtx    MediaMTX's file, in memory          writes      reads
 *     agent       the newest plan, in memory                                 writes
 *     plan        the plan Secret                                            reads
 *     token       token for the operator's feed                              reads
 */
import { FEED_AUDIENCE, PORTS } from '@cupola/protocol';
import { LABELS } from '../api/labels.ts';
import { type ContainerResources, fillRequests } from '../topology/container-requests.ts';
import { planSecretName, qualify } from '../topology/names.ts';
import { PROTOCOL_PORTS, WEBRTC_MEDIA } from '../topology/protocol-ports.ts';
import type { PodPlace, PodSettings } from './media-tier.ts';
import { hasWebrtc } from './webrtc-media.ts';

/** Where a side's WebRTC media goes: the port it listens on, and what it announces beside its own address. */
export interface WebrtcMedia {
  port: number;
  hosts: readonly string[];
}

/** For a few cameras; a busy tier should ask for more. Measured: 20 cameras take 0.08 core and 60 to 90 MB. */
const DEFAULT_REQUESTS = { cpu: '50m', memory: '96Mi' } as const;

/** `nonroot` of distroless images; the images of this project have the same user. */
const USER_ID = 65532;

/** A node that does not answer loses its pods after this; the other side serves meanwhile. */
const LOST_NODE_SECONDS = 15;

/** Before the drain the agent waits up to 10 s for the other side to be active; after it the containers end. */
const SHUTDOWN_SECONDS = 20;

/** MediaMTX's image has nothing to wait with, so both containers wait by the agent. */
const DRAIN_FIRST = { preStop: { httpGet: { path: '/prestop', port: PORTS.agentHttp } } } as const;

/**
 * A container that a probe condemns is not asked to drain: without this the kubelet would call preStop of a hung agent
 * and wait for it as long as for a pod that is shut down.
 */
const CONDEMNED_GRACE = { terminationGracePeriodSeconds: 1 } as const;

/**
 * Nobody waits for these restarts: the operator and the other tiers leave a side that hangs within seconds. So they are
 * slow, for a node that is short of CPU must not lose both sides of a tier to its probes.
 */
const HUNG_AGENT = { periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 6 } as const;
/**
 * The agent answers for MediaMTX, whose port the kernel opens even where it hangs. Six minutes: longer than the kubelet's
 * longest pause between two starts of an agent, so that one that dies again and again takes no MediaMTX with it.
 */
const HUNG_SERVER = { periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 18 } as const;

const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

const MEDIAMTX_FOLDER = '/run/mediamtx';

export function renderMediaPod(place: PodPlace, media: WebrtcMedia, settings: PodSettings): object {
  const { tier, workload } = place;
  return {
    serviceAccountName: tier.prefix,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: tier.drainSeconds + SHUTDOWN_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    affinity: { podAntiAffinity: keepApart(place) },
    tolerations: ['not-ready', 'unreachable'].map((state) => ({
      key: `node.kubernetes.io/${state}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: LOST_NODE_SECONDS,
    })),
    initContainers: [renderConfigure(place, media, settings)],
    containers: [renderMediamtx(place, media, settings), renderAgent(place, settings)],
    volumes: [
      { name: 'mediamtx', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      { name: 'agent', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
      { name: 'plan', secret: { secretName: planSecretName(workload), defaultMode: 0o440 } },
      {
        name: 'token',
        projected: {
          defaultMode: 0o440,
          sources: [
            { serviceAccountToken: { audience: FEED_AUDIENCE, expirationSeconds: 3600, path: 'token' } },
          ],
        },
      },
    ],
  };
}

/**
 * Preferred, not required: a cluster of one node works too, and says so in the condition Redundant. From pods of the other
 * workloads alone: the pod before, which ends while its successor is given a node, would make its own node no better than
 * theirs.
 */
function keepApart({ siblings, workload }: PodPlace): object {
  const labelSelector = {
    matchLabels: siblings,
    matchExpressions: [{ key: LABELS.workload, operator: 'NotIn', values: [workload] }],
  };
  const prefer = (weight: number, topologyKey: string) => ({
    weight,
    podAffinityTerm: { topologyKey, labelSelector },
  });
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [
      prefer(100, 'kubernetes.io/hostname'),
      prefer(50, 'topology.kubernetes.io/zone'),
    ],
  };
}

function renderConfigure({ tier }: PodPlace, media: WebrtcMedia, settings: PodSettings): object {
  return {
    name: 'configure',
    image: settings.agentImage,
    args: ['configure'],
    env: [
      { name: 'CUPOLA_PROTOCOLS', value: tier.protocols.join(',') },
      { name: 'CUPOLA_WEBRTC_MEDIA_PORT', value: String(media.port) },
      { name: 'CUPOLA_WEBRTC_HOSTS', value: media.hosts.join(',') },
    ],
    resources: fillRequests(tier.resources.agent, DEFAULT_REQUESTS),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: 'mediamtx', mountPath: MEDIAMTX_FOLDER }],
  };
}

/** Asks the agent. */
function ask(path: string): object {
  return { httpGet: { path, port: PORTS.agentHttp } };
}

function renderMediamtx({ tier }: PodPlace, media: WebrtcMedia, settings: PodSettings): object {
  const ports = tier.protocols.map((protocol) => {
    const { name, port, transport } = PROTOCOL_PORTS[protocol];
    return { name, containerPort: port, protocol: transport };
  });
  if (hasWebrtc(tier)) ports.push({ name: WEBRTC_MEDIA, containerPort: media.port, protocol: 'UDP' });
  const isListening = { tcpSocket: { port: PORTS.rtsp } };
  return {
    name: 'mediamtx',
    image: settings.mediamtxImage,
    args: [`${MEDIAMTX_FOLDER}/mediamtx.yml`],
    ports,
    lifecycle: DRAIN_FIRST,
    startupProbe: { ...isListening, periodSeconds: 1, failureThreshold: 30, ...CONDEMNED_GRACE },
    readinessProbe: { ...isListening, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...ask('/mediamtx/healthz'), ...HUNG_SERVER, ...CONDEMNED_GRACE },
    resources: fillRequests(tier.resources.mediamtx, DEFAULT_REQUESTS),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: 'mediamtx', mountPath: MEDIAMTX_FOLDER, readOnly: true }],
  };
}

function renderAgent({ tier, workload, device }: PodPlace, settings: PodSettings): object {
  return {
    name: 'agent',
    image: settings.agentImage,
    args: ['run'],
    env: [
      { name: 'CUPOLA_WORKLOAD', value: qualify(tier.namespace, workload) },
      { name: 'CUPOLA_FEED_URL', value: settings.feedUrl },
    ],
    ports: [{ name: 'agent-http', containerPort: PORTS.agentHttp, protocol: 'TCP' }],
    lifecycle: DRAIN_FIRST,
    startupProbe: { ...ask('/healthz'), periodSeconds: 1, failureThreshold: 30, ...CONDEMNED_GRACE },
    readinessProbe: { ...ask('/readyz'), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...ask('/healthz'), ...HUNG_AGENT, ...CONDEMNED_GRACE },
    resources: addDevice(fillRequests(tier.resources.agent, DEFAULT_REQUESTS), device),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'agent', mountPath: '/run/cupola' },
      { name: 'plan', mountPath: '/etc/cupola/plan', readOnly: true },
      { name: 'token', mountPath: '/var/run/secrets/cupola', readOnly: true },
    ],
  };
}

/** Of a device requests and limits are the same; given alone, the limit is both. */
function addDevice(resources: ContainerResources, device: string | undefined): object {
  return device === undefined ? resources : { ...resources, limits: { ...resources.limits, [device]: '1' } };
}
