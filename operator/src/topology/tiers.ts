/** What planning knows of the objects that people write: parsed, with every default in place. */
import type { CameraFactorySpec } from '../api/camera-factory.ts';
import type { CompressorPoolSpec } from '../api/compressor-pool.ts';
import type { MasterRelaySpec } from '../api/master-relay.ts';
import type { SiteSpec } from '../api/site.ts';

interface Identity {
  namespace: string;
  name: string;
  uid: string;
}

export interface Site extends Identity {
  labels: Readonly<Record<string, string>>;
  spec: SiteSpec;
}

export interface Factory extends Identity {
  /**
   * The Site of the same namespace that it was made from, by name: a Site made anew under its old name (a
   * restored backup) has its factory back.
   */
  ownerSite?: string;
  spec: CameraFactorySpec;
}

export interface Relay extends Identity {
  spec: MasterRelaySpec;
}

export interface Pool extends Identity {
  /** The Site of the same namespace that it was made from, by name. */
  ownerSite?: string;
  spec: CompressorPoolSpec;
}

/** What a Site may refer to. */
export interface Inventory {
  findFactory(namespace: string, name: string): Factory | undefined;
  findPool(namespace: string, name: string): Pool | undefined;
  findRelay(namespace: string, name: string): Relay | undefined;
  /** Undefined where there is no such namespace. */
  findNamespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
}
