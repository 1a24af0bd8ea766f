import { expect, it } from 'vitest';
import { LONGEST, longestSegment } from '../../test/longest-names.ts';
import { type AnyObject, site } from '../../test/manifests.ts';
import { OperatorSuite } from '../../test/operator-suite.ts';

const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;
const suite = new OperatorSuite();

/** Its addresses would take some 2.6 MB. */
function buildLargest(namespace: string): AnyObject {
  const cameras = Array.from({ length: 256 }, (_, index) => ({
    name: longestSegment(index),
    push: {},
    compression: { profiles: [{ name: longestSegment(1_000), cameraStream: { push: {} } }] },
  }));
  const protocols = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'];
  const exposure = { type: 'NodePort', host: LONGEST.host };
  return site(namespace, LONGEST.ownName, { cameras, factory: { protocols, exposure } });
}

it('the status of the largest Site is stored, keeps who owns which field, and leaves room to edit the Site', async () => {
  const { operator, namespace } = suite;
  const manifest = buildLargest(namespace);
  await operator.apply(manifest);
  const isTooLarge = ({ reason }: AnyObject) => reason === 'StatusTooLarge';
  const listed = await operator.waitCondition(manifest, 'AddressesListed', isTooLarge);
  expect(listed.message).toMatch(/move some of spec\.cameras to another Site/);
  await operator.settle();
  expect(operator.errors).toEqual([]);
  expect(operator.events.filter((event) => event.startsWith('StatusTooLarge'))).toHaveLength(1);

  const live = await operator.get('Site', namespace, LONGEST.ownName);
  expect(live?.status.cameras).toHaveLength(256);
  expect(live?.status.cameras[0].publish.primary.rtsp).toContain(`rtsp://${LONGEST.host}:3`);
  expect(Buffer.byteLength(JSON.stringify(live))).toBeLessThan(MAX_OBJECT_BYTES);
  const managers = live?.metadata.managedFields.map(({ manager }: AnyObject) => manager);
  expect(managers).toEqual(expect.arrayContaining(['person', 'cupola-operator']));

  const { cameras } = manifest.spec;
  const pull = { url: `rtsp://192.0.2.7/${'a'.repeat(500)}` };
  await operator.apply(
    site(namespace, LONGEST.ownName, {
      ...manifest.spec,
      cameras: [...cameras.slice(1), { name: 'new', pull }],
    }),
  );
});
