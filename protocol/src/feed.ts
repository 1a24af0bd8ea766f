/**
 * The feed: one WebSocket over TLS from every agent to every operator replica, JSON text frames.
 *
 *     agent                                   operator
 *       |-- upgrade, Authorization: Bearer <projected token, audience cupola.dev> -->|
 *       |-- hello, states (all) ------------------------------------------------------>|
 *       |<------------------------------------------------- plan (newest known), side --|
 *       |-- states (changes, at once) ------------------------------------------------>|
 *       |-- heartbeat (every 500 ms) -------------------------------------------------->|
 *       |<--- plan (changed), sources (legs came, went), side (the Service was switched) --|
 *
 * Fields that the receiver does not know are left out; a message of a type that an agent does not know is passed over
 * (docs/decisions/0009-plans-and-messages-of-other-versions.md).
 */
import * as z from 'zod';
import { mediaPlanSchema } from './media-plan.ts';
import { pathStateSchema } from './path-state.ts';

/** The audience of the service account token that an agent shows. */
export const FEED_AUDIENCE = 'cupola.dev';

/** The HTTP path of the WebSocket upgrade. */
export const FEED_PATH = '/feed/v1';

/** An agent that says nothing for this long is taken for gone; the agent reconnects when it hears no ping. */
export const FEED_TIMEOUT_MS = 3_000;

export const HEARTBEAT_INTERVAL_MS = 500;

/** Larger frames close the connection (code 1009). A plan of 500 streams stays well below. */
export const FEED_MAX_FRAME_BYTES = 4 * 1024 * 1024;

export const agentMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    /** `<namespace>/<name>` of the workload; must be the one that the pod of the token belongs to. */
    workload: z.string(),
    agentVersion: z.string(),
    /** Of the plan in force, 0 before the first. */
    planRevision: z.number().int().nonnegative(),
  }),
  z.object({
    type: z.literal('states'),
    /** `complete`: every path of the plan, what is missing is gone. Otherwise only what changed. */
    complete: z.boolean(),
    paths: z.array(pathStateSchema),
  }),
  z.object({
    type: z.literal('heartbeat'),
    planRevision: z.number().int().nonnegative(),
    /** Whether MediaMTX answers the agent. */
    mediamtxUp: z.boolean(),
    /** How long ago it last answered, or was found cut off. */
    mediamtxQuietMs: z.number().int().nonnegative().default(0),
  }),
]);
export type AgentMessage = z.infer<typeof agentMessageSchema>;

export const operatorMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan'), plan: mediaPlanSchema }),
  /**
   * Paths at the workload named came online, or went, or nobody knows of them any more: those that legs of the receiver's
   * plan play, and those that its cameras push there as well.
   */
  z.object({
    type: z.literal('sources'),
    workload: z.string(),
    paths: z.array(z.object({ path: z.string(), online: z.boolean() })),
  }),
  z.object({
    type: z.literal('side'),
    /** Whether the shard's active Service points at the receiver's side. */
    active: z.boolean(),
    /** What becomes of viewers on a side that is active no more: they go on, or are ended so that they reconnect. */
    readers: z.enum(['Finish', 'Move']),
  }),
]);
export type OperatorMessage = z.infer<typeof operatorMessageSchema>;
export type SideMessage = Extract<OperatorMessage, { type: 'side' }>;
