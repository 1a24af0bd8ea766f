import { Cluster } from '../../cluster/cluster.ts';
import { type ImageRecipe, productImages } from '../../cluster/image-recipes.ts';
import { toolPath } from '../../cluster/tools.ts';
import { install } from '../../stage/installation.ts';
import { Kubectl } from '../../stage/kubectl.ts';

/** A container that a bench kills again and again starts again as it would the first time. */
const MAX_RESTART_DELAY = '1s';

/** The cluster, ready for any system. */
export interface BenchSite {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;
  /** Of everything that is measured: other versions, other figures. */
  readonly version: string;
  /** The MediaMTX of the cameras. */
  readonly mediamtx: string;
}

/** @param others the images that are wanted beside the product's */
export async function openSite(others: readonly ImageRecipe[] = []): Promise<BenchSite> {
  const first = await Cluster.open();
  await first.up({ maxRestartDelay: MAX_RESTART_DELAY });
  const cluster = await install();
  const images = await cluster.importImages([...productImages, ...others]);
  const version = images.map(({ hash }) => hash.slice(0, 6)).join('-');
  const kubectl = await Kubectl.open(cluster.kubeconfigPath);
  return { cluster, kubectl, version, mediamtx: await toolPath('mediamtx') };
}
