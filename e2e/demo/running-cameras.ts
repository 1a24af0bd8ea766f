/** The demo's cameras as processes that outlive it; each one's process group is noted in its folder. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type CameraSettings, readCameraSettings } from '../peers/camera-settings.ts';
import { startDetachedCamera } from '../peers/simulated-camera.ts';

/** Starts the camera, unless it runs with the same settings already. */
export async function keepCameraRunning(
  settings: Omit<CameraSettings, 'reportFrames'>,
  folder: string,
  netns: string,
): Promise<void> {
  const wanted = { ...settings, reportFrames: false };
  if ((await findProcessGroup(folder)) !== undefined) {
    if (isDeepStrictEqual(readCameraSettings(path.join(folder, 'settings.json')), wanted)) return;
    await stopCamera(folder);
  }
  const processGroup = await startDetachedCamera(settings, folder, netns);
  await writeFile(path.join(folder, 'pid'), `${processGroup}\n`);
}

/** Stops every camera that has a folder here. */
export async function stopCameras(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await stopCamera(path.join(folder, name));
  await rm(folder, { recursive: true, force: true });
}

async function stopCamera(folder: string): Promise<void> {
  const processGroup = await findProcessGroup(folder);
  if (processGroup !== undefined) process.kill(-processGroup, 'SIGKILL');
}

/** Undefined where the process is gone, or its number is another program's by now. */
async function findProcessGroup(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8').catch(() => Number.NaN));
  if (!Number.isInteger(pid)) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(path.join(folder, 'settings.json')) ? pid : undefined;
}
