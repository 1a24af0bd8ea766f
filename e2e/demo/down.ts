import { Cluster } from '../cluster/cluster.ts';
import { stopCameras } from './running-cameras.ts';
import { demoFolder } from './up.ts';

/** Stops the cameras and takes the cluster down; gives what is left on the machine all the same, a line each. */
export async function takeDemoDown(): Promise<string[]> {
  const cluster = await Cluster.open();
  await stopCameras(demoFolder(cluster));
  await cluster.down();
  return cluster.leftovers();
}
