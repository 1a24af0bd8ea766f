import { expect, it } from 'vitest';
import { hardwareResource, isOffered } from './hardware-offer.ts';

it('hardware is offered by a node that has some of what a worker asks for', () => {
  const nodes = [
    { allocatable: { cpu: '8' } },
    { allocatable: { 'nvidia.com/gpu': '2', 'acme.com/gpu': '0' } },
  ];
  expect(isOffered({ encoder: 'NVENC' }, nodes)).toBe(true);
  expect(isOffered({ encoder: 'NVENC', resourceName: 'acme.com/gpu' }, nodes)).toBe(false);
  expect(isOffered({ encoder: 'QSV' }, nodes)).toBe(false);
  expect(hardwareResource({ encoder: 'VAAPI' })).toBe('gpu.intel.com/i915');
});
