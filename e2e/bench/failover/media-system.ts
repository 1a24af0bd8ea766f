import type { Side } from '../../../operator/src/api/labels.ts';
import type { PushTarget } from '../../peers/camera-settings.ts';
import type { Viewer } from '../../peers/rtsp-probe.ts';
import type { Push } from './pushes.ts';
import type { System, Tier } from './sample.ts';

/** One of the systems that are compared: two tiers of two sides each, in a namespace of its own. */
export interface MediaSystem {
  readonly name: System;
  readonly namespace: string;
  readonly pushes: readonly Push[];

  /** Applies it; resolves when its pods are ready and its addresses known. */
  apply(): Promise<void>;

  /** Where the camera of this kind pushes, by side; `active` for one that pushes once. */
  targets(push: Push): Readonly<Partial<Record<Side | 'active', PushTarget>>>;

  /** Where a viewer of this kind's camera connects. */
  viewer(push: Push): Viewer;

  /** The label selector of the one pod of a side. */
  podSelector(tier: Tier, side: Side): string;

  /** Makes the primary sides serve, for viewers that connect from now on too. */
  arm(): Promise<void>;

  /** Ends what `arm` had to hold; the viewers are connected. */
  release(): Promise<void>;

  /** Rolls both sides of a tier as a person would. */
  upgrade(tier: Tier): Promise<void>;

  /** Asks for a planned switch; undefined where there is no such thing. */
  readonly switchTo?: (tier: Tier, side: Side) => Promise<void>;
}
