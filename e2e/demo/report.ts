/** What `make demo` prints in the end. */
import type { VideoCodec } from '../peers/camera-settings.ts';
import { RELAY } from './demo-cameras.ts';

export interface DemoStream {
  /** `harbour/gate`, or `harbour/gate/low` for a rendition. */
  readonly name: string;
  readonly state: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly video: VideoCodec;
  /** Pictures that a viewer outside the cluster got in the time it watched. */
  readonly pictures: number;
  readonly kbps: number;
}

export function formatReport(streams: readonly DemoStream[], viewersSecret: string): string {
  const rows = streams.flatMap(({ name, state, urls, video, pictures, kbps }) => {
    const page = video === 'H265' ? 'page, in browsers that play H.265' : 'page';
    const { rtsp = '', hls = '', webrtc = '' } = urls;
    return [
      `${name.padEnd(20)} ${state.padEnd(10)} ${String(Math.round(kbps)).padStart(5)} kbit/s, ${pictures} pictures seen from outside`,
      `    RTSP    ${rtsp}`,
      `    HLS     ${new URL('.', hls).href}   (${page}; playlist: index.m3u8)`,
      `    WebRTC  ${webrtc}   (${page})`,
    ];
  });
  return [...rows, '', ...formatAdvice(viewersSecret)].join('\n');
}

function formatAdvice(viewersSecret: string): string[] {
  const secret = `kubectl -n ${RELAY.namespace} get secret ${viewersSecret}`;
  return [
    'The URLs work on this machine, and in the network namespace of the viewers. First:',
    '    export KUBECONFIG=$(make -s kubeconfig) PATH=$(make -s tools):$PATH',
    'The viewer is called viewer; its password:',
    `    ${secret} -o jsonpath='{.data.password}' | base64 -d; echo`,
    'Look around:',
    '    kubectl get cupola -A',
    '    kubectl -n demo-harbour get site harbour -o yaml',
    'Change something; cameras that are not concerned lose no frame:',
    '    kubectl -n demo-harbour edit site harbour      (add a camera, or name a relay that does not exist)',
    'See the workers that encode renditions, and have one more for a while (the autoscaler takes it back):',
    '    kubectl -n demo-harbour get compressorpool,hpa --watch',
    '    kubectl -n demo-harbour scale compressorpool harbour --replicas=3',
    'Cause a failure, and see the streams come back:',
    '    kubectl -n demo-video get pods',
    `    node_modules/.bin/node e2e/cluster/cli.ts kill ${RELAY.namespace} <pod of relay-relay-0-primary> mediamtx`,
    '    node_modules/.bin/node e2e/cluster/cli.ts power-off media-2      (and power-on media-2)',
    'Take it all down: make demo-down',
  ];
}
