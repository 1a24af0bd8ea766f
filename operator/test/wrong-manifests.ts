/**
 * Manifests that the API server refuses, each with what a person reads: the field and the remedy. What only the
 * operator can see (a relay that does not exist, a Secret without a key) is a `Stalled` condition:
 * docs/conditions.md lists both.
 */

export interface WrongManifest {
  /** Completes "refuses ...". */
  what: string;
  kind: 'Site' | 'CameraFactory' | 'CompressorPool' | 'MasterRelay';
  name?: string;
  spec: unknown;
  /** The spec that is in force, where it is the change that is wrong. */
  before?: unknown;
  /** All of them stand in the answer. */
  answers: string[];
}

const camera = { name: 'gate', push: {} };
const remote = {
  prefix: 'north',
  namespace: 'plant',
  site: 'furnace',
  cameras: ['ladle'],
  urls: ['rtsp://furnace.example.com:30554'],
  credentialsSecretRef: { name: 'viewer' },
};

function withCamera(...cameras: unknown[]) {
  return { kind: 'Site', spec: { cameras } } as const;
}

function withUrl(url: string) {
  return withCamera({ name: 'gate', pull: { url } });
}

function withProfile(profile: object) {
  return {
    kind: 'Site',
    spec: { cameras: [camera], compression: { profiles: [{ name: 'web', ...profile }] } },
  } as const;
}

function withCameraProfile(profile: object) {
  return withCamera({ ...camera, compression: { profiles: [profile] } });
}

function withRemote(changes: object) {
  return { kind: 'MasterRelay', spec: { remoteSites: [{ ...remote, ...changes }] } } as const;
}

const CAMERAS: WrongManifest[] = [
  {
    what: 'a camera without a way in',
    ...withCamera({ name: 'gate' }),
    answers: ['spec.cameras[0]: Required value', '`push: {}` will do'],
  },
  {
    what: 'a camera that is both pushed and pulled',
    ...withCamera({ name: 'gate', push: {}, pull: { url: 'rtsp://192.0.2.1/a' } }),
    answers: ['spec.cameras[0]: Forbidden', 'either push or pull, not both; leave one of them out'],
  },
  {
    what: 'two cameras of one name',
    ...withCamera(camera, camera),
    answers: ['spec.cameras[1]: Duplicate value', '"name":"gate"'],
  },
  {
    what: 'a camera without a name',
    ...withCamera({ push: {} }),
    answers: ['spec.cameras[0].name: Required value'],
  },
  {
    what: 'a capital letter and a blank in a name',
    ...withCamera({ name: 'Gate 1', push: {} }),
    answers: [
      'spec.cameras[0].name: Invalid value',
      'lower case letters, digits and hyphens',
      'as in gate-1',
    ],
  },
  {
    what: 'a slash in a name',
    ...withCamera({ name: 'hall/gate', push: {} }),
    answers: ['spec.cameras[0].name: Invalid value', 'as in gate-1'],
  },
  {
    what: 'a name that ends in a hyphen',
    ...withCamera({ name: 'gate-', push: {} }),
    answers: ['spec.cameras[0].name: Invalid value', 'begins and ends with a letter or digit'],
  },
  {
    what: 'an empty name',
    ...withCamera({ name: '', push: {} }),
    answers: ['spec.cameras[0].name: Invalid value', 'as in gate-1'],
  },
  {
    what: 'a name of 64 characters',
    ...withCamera({ name: 'a'.repeat(64), push: {} }),
    answers: ['spec.cameras[0].name: Too long', '63'],
  },
  {
    what: 'more cameras than a Site may hold',
    ...withCamera(...Array.from({ length: 257 }, (_, index) => ({ name: `c${index}`, push: {} }))),
    answers: ['spec.cameras: Too many: 257: must have at most 256 items'],
  },
  {
    what: 'a side that does not exist',
    ...withCamera({ name: 'gate', push: { sides: 'Primary' } }),
    answers: ['spec.cameras[0].push.sides: Unsupported value: "Primary"', '"Both", "Active"'],
  },
  {
    what: 'a field that no camera has',
    ...withCamera({ name: 'gate', push: {}, profile: '720p' }),
    answers: ['unknown field "spec.cameras[0].profile"'],
  },
  {
    what: 'a misspelt field',
    kind: 'Site',
    spec: { cameras: [camera], relay: { name: 'main' } },
    answers: ['unknown field "spec.relay"'],
  },
  {
    what: "a Secret's name with an underscore",
    ...withCamera({ name: 'gate', push: { credentialsSecretRef: { name: 'my_secret' } } }),
    answers: [
      'spec.cameras[0].push.credentialsSecretRef.name: Invalid value',
      'must be the name of a Secret',
    ],
  },
  {
    what: 'a Site without cameras',
    kind: 'Site',
    spec: {},
    answers: ['spec.cameras: Required value'],
  },
];

const URLS: WrongManifest[] = [
  {
    what: 'a camera that would be pulled by HTTP',
    ...withUrl('http://192.0.2.1/video.mjpg'),
    answers: ['spec.cameras[0].pull.url: Invalid value', 'must have the form rtsp://host:port/path'],
  },
  {
    what: 'a password in a URL',
    ...withUrl('rtsp://admin:secret@192.0.2.1/a'),
    answers: [
      'spec.cameras[0].pull.url: Forbidden: must not contain a user name',
      'put them in a Secret and name it in pull.credentialsSecretRef',
    ],
  },
  {
    what: 'a URL without a host',
    ...withUrl('rtsp:///stream1'),
    answers: ['spec.cameras[0].pull.url: Invalid value', 'must name a host, as in rtsp://host:port/path'],
  },
  {
    what: 'a port above 65535',
    ...withUrl('rtsp://192.0.2.1:70000/a'),
    answers: ['spec.cameras[0].pull.url: Invalid value', 'must have a port from 1 to 65535'],
  },
  {
    what: 'port 0',
    ...withUrl('rtsp://192.0.2.1:0/a'),
    answers: ['spec.cameras[0].pull.url: Invalid value', 'must have a port from 1 to 65535'],
  },
  {
    what: 'a port that is no number',
    ...withUrl('rtsp://192.0.2.1:rtsp/a'),
    answers: ['spec.cameras[0].pull.url: Invalid value', 'must name a host, as in rtsp://host:port/path'],
  },
  {
    what: 'a blank in a URL',
    ...withUrl('rtsp://192.0.2.1/main stream'),
    answers: ['spec.cameras[0].pull.url: Invalid value', 'write %20 for a blank'],
  },
];

const TIERS: WrongManifest[] = [
  {
    what: 'a factory of its own beside a shared one',
    kind: 'Site',
    spec: { cameras: [camera], factory: {}, factoryRef: { name: 'shared' } },
    answers: ['spec.factoryRef: Forbidden', 'exclude each other; leave one of them out'],
  },
  {
    what: 'a reference with a dot in it',
    kind: 'Site',
    spec: { cameras: [camera], relayRef: { name: 'main.video' } },
    answers: ['spec.relayRef.name: Invalid value', 'without dots'],
  },
  {
    what: 'a namespace in capitals',
    kind: 'Site',
    spec: { cameras: [camera], relayRef: { name: 'main', namespace: 'Video' } },
    answers: ['spec.relayRef.namespace: Invalid value', 'must be the name of a namespace'],
  },
  {
    what: 'NodePort without a host',
    kind: 'CameraFactory',
    spec: { exposure: { type: 'NodePort' } },
    answers: ['spec.exposure.host: Required value', 'NodePort needs host: the name or address of a node'],
  },
  {
    what: "NodePort without a host in a Site's own factory",
    kind: 'Site',
    spec: { cameras: [camera], factory: { exposure: { type: 'NodePort' } } },
    answers: ['spec.factory.exposure.host: Required value', 'NodePort needs host'],
  },
  {
    what: 'a host where nothing is exposed',
    kind: 'MasterRelay',
    spec: { exposure: { host: 'video.example.com' } },
    answers: ['spec.exposure.host: Forbidden', 'set type to one of them, or leave host out'],
  },
  {
    what: 'a host with scheme and port',
    kind: 'MasterRelay',
    spec: { exposure: { type: 'NodePort', host: 'https://video.example.com:443' } },
    answers: ['spec.exposure.host: Invalid value', 'without scheme, port or path'],
  },
  {
    what: 'an exposure that does not exist',
    kind: 'MasterRelay',
    spec: { exposure: { type: 'Ingress' } },
    answers: ['spec.exposure.type: Unsupported value: "Ingress"', '"LoadBalancer"'],
  },
  {
    what: "an annotation of Cupola's own",
    kind: 'MasterRelay',
    spec: { exposure: { annotations: { 'cupola.dev/applied': 'x' } } },
    answers: ['spec.exposure.annotations: Forbidden', 'set by Cupola itself; leave them out'],
  },
  {
    what: 'an annotation that no object can carry',
    kind: 'MasterRelay',
    spec: { exposure: { annotations: { 'load balancer': 'x' } } },
    answers: ['spec.exposure.annotations: Invalid value', 'names of annotations have at most 63'],
  },
  {
    what: 'protocols without RTSP',
    kind: 'MasterRelay',
    spec: { protocols: ['HLS', 'WebRTC'] },
    answers: ['spec.protocols: Invalid value', 'RTSP must be among the protocols'],
  },
  {
    what: 'a protocol twice',
    kind: 'MasterRelay',
    spec: { protocols: ['RTSP', 'HLS', 'HLS'] },
    answers: ['spec.protocols[2]: Duplicate value: "HLS"'],
  },
  {
    what: 'a protocol that does not exist',
    kind: 'CameraFactory',
    spec: { protocols: ['RTSP', 'ONVIF'] },
    answers: ['spec.protocols[1]: Unsupported value: "ONVIF"', '"RTMP"'],
  },
  {
    what: 'a negative size of a shard',
    kind: 'CameraFactory',
    spec: { camerasPerShard: -1 },
    answers: ['spec.camerasPerShard: Invalid value: -1', 'should be greater than or equal to 1'],
  },
  {
    what: 'a shard larger than one pod carries',
    kind: 'MasterRelay',
    spec: { streamsPerShard: 501 },
    answers: ['spec.streamsPerShard: Invalid value: 501', 'should be less than or equal to 500'],
  },
  {
    what: 'a number as text',
    kind: 'MasterRelay',
    spec: { streamsPerShard: '100' },
    answers: ['spec.streamsPerShard: Invalid value: "string"', 'must be of type integer'],
  },
  {
    what: 'negative memory',
    kind: 'CameraFactory',
    spec: { resources: { agent: { limits: { memory: '-256Mi' } } } },
    answers: ['spec.resources.agent.limits.memory: Invalid value', 'positive quantity, as in 500m or 256Mi'],
  },
  {
    what: 'a request above its limit',
    kind: 'CameraFactory',
    spec: { resources: { mediamtx: { requests: { memory: '1Gi' }, limits: { memory: '512Mi' } } } },
    answers: ['spec.resources.mediamtx.requests: Invalid value', 'lower the one or raise the other'],
  },
  {
    what: 'credentials where anybody may watch',
    kind: 'MasterRelay',
    spec: { viewers: { access: 'Open', credentialsSecretRefs: [{ name: 'alice' }] } },
    answers: [
      'spec.viewers.credentialsSecretRefs: Forbidden',
      'leave credentialsSecretRefs out, or set access',
    ],
  },
  {
    what: 'one viewer twice',
    kind: 'MasterRelay',
    spec: { viewers: { credentialsSecretRefs: [{ name: 'alice' }, { name: 'alice' }] } },
    answers: ['spec.viewers.credentialsSecretRefs[1]: Duplicate value'],
  },
  {
    what: 'an empty list of viewers',
    kind: 'MasterRelay',
    spec: { viewers: { credentialsSecretRefs: [] } },
    answers: ['spec.viewers.credentialsSecretRefs: Invalid value', 'at least 1 items'],
  },
  {
    what: 'namespaces by labels, without the labels',
    kind: 'CameraFactory',
    spec: { allowedSites: { namespaces: { from: 'Selector' } } },
    answers: ['spec.allowedSites.namespaces.selector: Required value', 'from: Selector needs selector'],
  },
  {
    what: 'labels of namespaces that nothing asks for',
    kind: 'CameraFactory',
    spec: { allowedSites: { namespaces: { selector: { matchLabels: { team: 'a' } } } } },
    answers: ['spec.allowedSites.namespaces.selector: Forbidden', 'set that, or leave selector out'],
  },
  {
    what: 'a label that no object can carry',
    kind: 'MasterRelay',
    spec: { allowedSites: { sites: { matchLabels: { 'my team': 'a' } } } },
    answers: ['spec.allowedSites.sites.matchLabels: Invalid value', 'names of labels have at most 63'],
  },
  {
    what: 'no labels at all, which would permit everybody',
    kind: 'MasterRelay',
    spec: { allowedSites: { sites: { matchLabels: {} } } },
    answers: ['spec.allowedSites.sites.matchLabels: Invalid value', 'at least 1 properties'],
  },
  {
    what: 'a label with a value that no object can carry',
    kind: 'MasterRelay',
    spec: { allowedSites: { sites: { matchLabels: { team: 'a b' } } } },
    answers: ['spec.allowedSites.sites.matchLabels', "must be a label's value"],
  },
];

const PROFILES: WrongManifest[] = [
  {
    what: 'an odd height',
    ...withProfile({ video: { height: 719 } }),
    answers: ['spec.compression.profiles[0].video.height: Invalid value: 719', 'a multiple of 2'],
  },
  {
    what: 'an odd width',
    ...withProfile({ video: { width: 1279, height: 720 } }),
    answers: ['spec.compression.profiles[0].video.width: Invalid value: 1279', 'a multiple of 2'],
  },
  {
    what: 'a picture without lines',
    ...withProfile({ video: { height: 0 } }),
    answers: ['spec.compression.profiles[0].video.height: Invalid value: 0', 'greater than or equal to 64'],
  },
  {
    what: 'a codec that does not exist',
    ...withProfile({ video: { codec: 'VP9' } }),
    answers: ['spec.compression.profiles[0].video.codec: Unsupported value: "VP9"', '"H264", "H265"'],
  },
  {
    what: 'hardware that does not exist',
    ...withProfile({ video: { hardware: 'AMF' } }),
    answers: ['spec.compression.profiles[0].video.hardware: Unsupported value: "AMF"', '"NVENC"'],
  },
  {
    what: 'a bit rate of 0',
    ...withProfile({ video: { bitrateKbps: 0 } }),
    answers: ['spec.compression.profiles[0].video.bitrateKbps: Invalid value: 0', 'equal to 16'],
  },
  {
    what: 'a greatest bit rate below the one aimed at',
    ...withProfile({ video: { bitrateKbps: 2000, maxBitrateKbps: 1999 } }),
    answers: ['spec.compression.profiles[0].video.maxBitrateKbps', 'raise the one or lower the other'],
  },
  {
    what: 'a greatest bit rate below the default',
    ...withProfile({ video: { maxBitrateKbps: 1499 } }),
    answers: ['spec.compression.profiles[0].video.maxBitrateKbps', 'must be at least bitrateKbps'],
  },
  {
    what: 'more than 10 s between key frames',
    ...withProfile({ video: { framesPerSecond: 10, keyFrameSeconds: 11 } }),
    answers: ['spec.compression.profiles[0].video.keyFrameSeconds: Invalid value: 11', 'equal to 10'],
  },
  {
    what: 'key frames by the clock without a frame rate',
    ...withProfile({ video: { keyFrameSeconds: 2 } }),
    answers: [
      'spec.compression.profiles[0].video.framesPerSecond: Required value',
      'to what the camera sends',
    ],
  },
  {
    what: 'no frames at all',
    ...withProfile({ video: { framesPerSecond: 0 } }),
    answers: ['spec.compression.profiles[0].video.framesPerSecond: Invalid value: 0', 'equal to 1'],
  },
  {
    what: 'the preset Web with H.265',
    ...withProfile({ preset: 'Web', video: { codec: 'H265' } }),
    answers: [
      'spec.compression.profiles[0].video.codec: Invalid value',
      'set codec to H264, or leave the preset',
    ],
  },
  {
    what: 'the preset Web with AAC',
    ...withProfile({ preset: 'Web', audio: { codec: 'AAC' } }),
    answers: ['spec.compression.profiles[0].audio.codec: Invalid value', 'audio as Opus, or none'],
  },
  {
    what: 'a bit rate for audio that is only copied',
    ...withProfile({ audio: { codec: 'Copy', bitrateKbps: 64 } }),
    answers: ['spec.compression.profiles[0].audio.bitrateKbps: Forbidden', 'AAC and Opus alone'],
  },
  {
    what: 'two profiles of one name',
    kind: 'Site',
    spec: { cameras: [camera], compression: { profiles: [{ name: 'web' }, { name: 'web' }] } },
    answers: ['spec.compression.profiles[1]: Duplicate value', '"name":"web"'],
  },
  {
    what: "a profile's name with a slash",
    ...withProfile({ name: 'web/small' }),
    answers: ['spec.compression.profiles[0].name: Invalid value', "a profile's name takes lower case"],
  },
  {
    what: 'a priority below 0',
    kind: 'Site',
    spec: { cameras: [camera], compression: { priority: -1 } },
    answers: ['spec.compression.priority: Invalid value: -1'],
  },
  {
    what: "a camera's own stream that is to be encoded too",
    ...withCameraProfile({ name: 'sub', cameraStream: { push: {} }, video: {} }),
    answers: ['spec.cameras[0].compression.profiles[0].cameraStream: Forbidden', 'set up the camera instead'],
  },
  {
    what: "a camera's own stream without a way in",
    ...withCameraProfile({ name: 'sub', cameraStream: {} }),
    answers: ['spec.cameras[0].compression.profiles[0].cameraStream: Invalid value', 'either push or pull'],
  },
  {
    what: "a password in the URL of a camera's own stream",
    ...withCameraProfile({ name: 'sub', cameraStream: { pull: { url: 'rtsp://admin:secret@192.0.2.1/b' } } }),
    answers: [
      'spec.cameras[0].compression.profiles[0].cameraStream.pull.url: Forbidden',
      'put them in a Secret',
    ],
  },
  {
    what: 'an odd height for one camera',
    ...withCameraProfile({ name: 'web', video: { height: 719 } }),
    answers: ['spec.cameras[0].compression.profiles[0].video.height: Invalid value: 719'],
  },
  {
    what: 'a pool of its own beside a shared one',
    kind: 'Site',
    spec: { cameras: [camera], pool: {}, poolRef: { name: 'shared' } },
    answers: ['spec.poolRef: Forbidden', 'exclude each other; leave one of them out'],
  },
  {
    what: 'a pool for a Site that encodes in its factory',
    kind: 'Site',
    spec: { cameras: [camera], topology: 'AllInOne', poolRef: { name: 'shared' } },
    answers: ['spec.topology: Forbidden', 'or set topology to ThreeTier'],
  },
];

const POOLS: WrongManifest[] = [
  {
    what: 'more workers at least than at most',
    kind: 'CompressorPool',
    spec: { autoscaling: { minReplicas: 5, maxReplicas: 4 } },
    answers: ['spec.autoscaling.minReplicas: Invalid value', 'lower the one or raise the other'],
  },
  {
    what: 'fewer workers at most than the default at least',
    kind: 'CompressorPool',
    spec: { autoscaling: { maxReplicas: 1 } },
    answers: ['spec.autoscaling.minReplicas: Invalid value', 'must be at most maxReplicas'],
  },
  {
    what: 'a pool that may shrink to nothing',
    kind: 'CompressorPool',
    spec: { autoscaling: { minReplicas: 0 } },
    answers: ['spec.autoscaling.minReplicas: Invalid value: 0', 'equal to 1'],
  },
  {
    what: 'a target above what is asked for',
    kind: 'CompressorPool',
    spec: { autoscaling: { cpuPercent: 101 } },
    answers: ['spec.autoscaling.cpuPercent: Invalid value: 101', 'equal to 100'],
  },
  {
    what: 'workers that encode nothing',
    kind: 'CompressorPool',
    spec: { renditionsPerWorker: 0 },
    answers: ['spec.renditionsPerWorker: Invalid value: 0', 'equal to 1'],
  },
  {
    what: 'an unknown redundancy',
    kind: 'CompressorPool',
    spec: { redundancy: 'Cold' },
    answers: ['spec.redundancy: Unsupported value: "Cold"', '"Hot", "Warm"'],
  },
  {
    what: 'hardware by a name that no resource has',
    kind: 'CompressorPool',
    spec: { hardware: { encoder: 'NVENC', resourceName: 'gpu' } },
    answers: ['spec.hardware.resourceName: Invalid value', 'as in nvidia.com/gpu'],
  },
  {
    what: 'an encoder without memory',
    kind: 'CompressorPool',
    spec: { renditionMemoryMiB: 1 },
    answers: ['spec.renditionMemoryMiB: Invalid value: 1', 'equal to 64'],
  },
];

const REMOTE_SITES: WrongManifest[] = [
  {
    what: 'a remote site twice',
    kind: 'MasterRelay',
    spec: { remoteSites: [remote, remote] },
    answers: ['spec.remoteSites[1]: Duplicate value', '"site":"furnace"'],
  },
  {
    what: 'a remote camera twice',
    ...withRemote({ cameras: ['ladle', 'ladle'] }),
    answers: ['spec.remoteSites[0].cameras[1]: Duplicate value: "ladle"'],
  },
  {
    what: 'a remote site without cameras',
    ...withRemote({ cameras: [] }),
    answers: ['spec.remoteSites[0].cameras: Invalid value', 'at least 1 items'],
  },
  {
    what: 'a path in the URL of a side',
    ...withRemote({ urls: ['rtsp://furnace.example.com:30554/original'] }),
    answers: ['spec.remoteSites[0].urls[0]: Invalid value', 'must end after the port'],
  },
  {
    what: 'a third side',
    ...withRemote({ urls: ['rtsp://a:1', 'rtsp://b:1', 'rtsp://c:1'] }),
    answers: ['spec.remoteSites[0].urls: Too many: 3: must have at most 2 items'],
  },
  {
    what: 'a remote site without a credential',
    ...withRemote({ credentialsSecretRef: undefined }),
    answers: ['spec.remoteSites[0].credentialsSecretRef: Required value'],
  },
  {
    what: 'a prefix with a slash',
    ...withRemote({ prefix: 'north/east' }),
    answers: ['spec.remoteSites[0].prefix: Invalid value', 'prefix takes lower case letters'],
  },
];

const NAMES: WrongManifest[] = [
  {
    what: 'a name longer than 40 characters',
    ...withCamera(camera),
    name: 'a'.repeat(41),
    answers: ['metadata.name: Invalid value', 'at most 40 characters'],
  },
  {
    what: 'a name with a dot',
    ...withCamera(camera),
    name: 'pier.west',
    answers: ['metadata.name: Invalid value', 'has no dots'],
  },
  {
    what: 'a name that no Service can have, since it begins with a digit',
    kind: 'MasterRelay',
    name: '5th-avenue',
    spec: {},
    answers: ['metadata.name: Invalid value', 'begins with a letter'],
  },
];

const CHANGES: WrongManifest[] = [
  {
    what: "a move from a Site's own factory to a shared one",
    kind: 'Site',
    before: { cameras: [camera] },
    spec: { cameras: [camera], factoryRef: { name: 'shared' } },
    answers: ['spec.factoryRef: Forbidden', 'delete this Site and apply it again'],
  },
  {
    what: "a move from a shared factory to the Site's own",
    kind: 'Site',
    before: { cameras: [camera], factoryRef: { name: 'shared' } },
    spec: { cameras: [camera], factory: {} },
    answers: ['spec.factoryRef: Forbidden', 'delete this Site and apply it again'],
  },
  {
    what: 'a move to another shared factory',
    kind: 'Site',
    before: { cameras: [camera], factoryRef: { name: 'shared' } },
    spec: { cameras: [camera], factoryRef: { name: 'other' } },
    answers: ['spec.factoryRef: Forbidden', "would change the cameras' addresses"],
  },
];

export const WRONG_MANIFESTS: readonly WrongManifest[] = [
  ...CAMERAS,
  ...URLS,
  ...TIERS,
  ...PROFILES,
  ...POOLS,
  ...REMOTE_SITES,
  ...NAMES,
  ...CHANGES,
];
