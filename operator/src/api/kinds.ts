import { cameraFactoryKind } from './camera-factory.ts';
import { compressorPoolKind } from './compressor-pool.ts';
import { masterRelayKind } from './master-relay.ts';
import { siteKind } from './site.ts';

/** Every kind of the group, in the order in which they are listed to people. */
export const KINDS = [siteKind, cameraFactoryKind, compressorPoolKind, masterRelayKind];
