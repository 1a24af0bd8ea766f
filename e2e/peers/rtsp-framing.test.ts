import { expect, test } from 'vitest';
import { RtspFraming } from './rtsp-framing.ts';

const WIRE = Buffer.concat([
  Buffer.from('ANNOUNCE rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nv=0\n'),
  Buffer.from([0x24, 2, 0, 3, 0x0d, 0x0a, 0x24]),
  Buffer.from('RECORD rtsp://a/b RTSP/1.0\r\nCSeq: 2\r\n\r\n'),
]);

test('messages and frames are the same however the bytes are cut', () => {
  for (let cut = 0; cut <= WIRE.length; cut++) {
    const framing = new RtspFraming();
    const items = [...framing.push(WIRE.subarray(0, cut)), ...framing.push(WIRE.subarray(cut))];
    const told = items.map((item) => (item.kind === 'frame' ? item.raw : [item.head, String(item.body)]));
    expect(told).toEqual([
      ['ANNOUNCE rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 4', 'v=0\n'],
      Buffer.from([0x24, 2, 0, 3, 0x0d, 0x0a, 0x24]),
      ['RECORD rtsp://a/b RTSP/1.0\r\nCSeq: 2', ''],
    ]);
  }
});
