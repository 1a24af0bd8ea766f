/** What the paths of a pod share. */
import type { Credential } from '@cupola/protocol';
import type { LocalServer } from '../rtsp/serve/local-server.ts';
import type { AddressMemory } from './address-memory.ts';
import type { StreamCounters } from './counters.ts';
import type { Turnstile } from './turnstile.ts';

export interface PathSurroundings {
  /** `rtsp://127.0.0.1:port`. */
  readonly mediamtxUrl: string;
  /** With which the agent publishes there. */
  readonly credential: Credential;
  readonly gate: PublishGate;
  /** Publishers are opened a few at a time. */
  readonly openings: Turnstile;
  readonly addresses: AddressMemory;
  /** Where encoders get what they encode, and publish what they make of it. */
  readonly encoders: LocalServer;
  readonly counters: StreamCounters;
  /** Monotonic, for durations. */
  readonly nowMs: () => number;
  /** Since the epoch, for states. */
  readonly wallClockMs: () => number;
  /** How long readers are kept attached to a stream whose legs are all gone. */
  readonly holdMs: () => number;
}

/** Knows when MediaMTX takes publishers. */
export interface PublishGate {
  waitUntilUp(signal: AbortSignal): Promise<void>;
  /** A publisher was refused or lost. */
  suspect(): void;
}
