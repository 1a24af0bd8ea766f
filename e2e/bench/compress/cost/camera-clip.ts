import { run } from '../../../cluster/command.ts';

const SECONDS = 10;
const BUDGET_MS = 120_000;

export const CAMERA_FRAMES_PER_SECOND = 15;

/** What a camera of 1080p15 and 4 Mbit/s sends, with its noise: some seconds of it, to be played again and again. */
export async function makeCameraClip(file: string): Promise<void> {
  const picture = `testsrc2=size=1920x1080:rate=${CAMERA_FRAMES_PER_SECOND},noise=alls=12:allf=t,format=yuv420p`;
  const rate = ['-b:v', '4M', '-maxrate', '4M', '-bufsize', '4M'];
  const gop = String(2 * CAMERA_FRAMES_PER_SECOND);
  await run(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'],
      ...['-f', 'lavfi', '-i', picture, '-t', String(SECONDS)],
      ...['-c:v', 'libx264', '-preset', 'veryfast', ...rate, '-g', gop, '-bf', '0', file],
    ],
    { timeoutMs: BUDGET_MS },
  );
}

/** The arguments of FFmpeg as a camera that plays the clip without end, to two servers. */
export function pushClip(file: string, urls: readonly string[]): string[] {
  const output = (url: string) => ['-c', 'copy', '-f', 'rtsp', '-rtsp_transport', 'tcp', url];
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', file],
    ...urls.flatMap(output),
  ];
}
