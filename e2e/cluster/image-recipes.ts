/** The images of the local cluster, by the names under which the chart and the cluster's own parts use them. */
import { corednsImage } from './dns-addon.ts';
import { metricsServerImage } from './metrics-addon.ts';
import { pauseImage } from './node-machine.ts';
import type { ToolName } from './tool-recipes.ts';

export interface ImageRecipe {
  readonly reference: string;
  /** Path in the repository. */
  readonly containerfile: string;
  /**
   * The only content: a built tool, a bundle put on the base image with Node (and files of the repository, and Debian
   * packages with it), or Debian packages.
   */
  readonly content:
    | { readonly tool: ToolName }
    | {
        readonly bundle: 'operator' | 'agent';
        readonly files?: readonly string[];
        readonly basePackages?: readonly string[];
      }
    | { readonly packages: readonly string[] };
}

/** What the cluster itself runs. */
export const clusterImages: readonly ImageRecipe[] = [
  {
    reference: pauseImage,
    containerfile: 'e2e/cluster/images/pause.Containerfile',
    content: { tool: 'pause' },
  },
  {
    reference: corednsImage,
    containerfile: 'e2e/cluster/images/coredns.Containerfile',
    content: { tool: 'coredns' },
  },
  {
    reference: metricsServerImage,
    containerfile: 'e2e/cluster/images/metrics-server.Containerfile',
    content: { tool: 'metrics-server' },
  },
];

/** What the chart runs. */
export const productImages: readonly ImageRecipe[] = [
  {
    reference: 'docker.io/cupola/operator:0.1.0',
    containerfile: 'operator/Containerfile',
    content: { bundle: 'operator' },
  },
  {
    reference: 'docker.io/cupola/agent:0.1.0',
    containerfile: 'agent/Containerfile',
    content: { bundle: 'agent', files: ['agent/supervise.sh'], basePackages: ['ffmpeg', 'util-linux'] },
  },
  {
    reference: 'docker.io/bluenviron/mediamtx:1.20.1',
    containerfile: 'e2e/cluster/images/mediamtx.Containerfile',
    content: { tool: 'mediamtx' },
  },
];

/** What the failover bench compares with, beside MediaMTX itself. */
export const haproxyImage: ImageRecipe = {
  reference: 'docker.io/cupola/haproxy:bookworm',
  containerfile: 'e2e/cluster/images/haproxy.Containerfile',
  content: { packages: ['haproxy'] },
};
