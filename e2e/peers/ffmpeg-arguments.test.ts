import { expect, test } from 'vitest';
import { pusherCommand } from './ffmpeg-arguments.ts';

const LOCAL = 'rtsp://127.0.0.1:1/camera';
const login = { user: 'yard', password: 'open/sesame' };

test.each([
  ['rtsp://10.0.0.1:8554/original/a/b/yard', 'rtsp://127.0.0.1:77/original/a/b/yard', ''],
  [
    'rtmp://10.0.0.1:1935/original/a/b/yard',
    'rtmp://10.0.0.1:1935/original/a/b',
    'rtmp_app=original/a/b\nrtmp_playpath=yard?user=yard&pass=open%2Fsesame\n',
  ],
  [
    'srt://10.0.0.1:8890?streamid=publish:original/a/b/yard',
    'srt://10.0.0.1:8890',
    'srt_streamid=publish:original/a/b/yard:yard:open/sesame\n',
  ],
])('the login for %s is in no argument', (url, output, preset) => {
  const command = pusherCommand({ url, ...login }, LOCAL, '/dir/preset', 77);
  expect(command.arguments.at(-1)).toBe(output);
  expect(command.preset).toBe(preset);
  expect(command.arguments.join(' ')).not.toContain('sesame');
});
