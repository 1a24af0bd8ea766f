import { install } from './installation.ts';

/** Once before all scenarios. The cluster stays for the next look; `make test` takes it down in the end. */
export async function setup(): Promise<void> {
  await install();
}
