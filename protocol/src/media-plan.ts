/**
 * The media plan: everything that one media pod does, as data. The operator writes it to the workload's plan
 * Secret and sends it on the feed; the agent brings itself to it by difference.
 *
 * Agents and operators are upgraded at different times, so fields that a reader does not know are left out and not
 * refused, and a field that is added has a default (docs/decisions/0009-plans-and-messages-of-other-versions.md).
 */
import * as z from 'zod';
import { encodingSchema } from './encoding.ts';

/** The key of the plan in its Secret, and the file's name where the Secret is mounted. */
export const PLAN_KEY = 'plan.json';

/** The key of the feed's certificate authority (PEM) in the plan Secret; an agent trusts no other. */
export const FEED_CA_KEY = 'feed-ca.crt';

/** An hour. */
const MAX_WAIT_MS = 3_600_000;

/**
 * What the names begin with of users by which tiers read, but for factories at workers. Who reads by another name is
 * waited for when the pod is shut down, and moved to the other side when viewers are: a worker waits until factories have
 * the renditions from elsewhere.
 */
export const TIER_USER_PREFIX = 'tier-';

/** A user and its password, as a client presents them. Never logged. */
const credentialSchema = z.object({
  user: z.string().min(1),
  password: z.string().min(1),
});
export type Credential = z.infer<typeof credentialSchema>;

/** `original/<namespace>/<site>/<camera>`, a remote cluster's with its prefix before the namespace. */
const pathNameSchema = z.string().regex(/^(original|compressed)\/[A-Za-z0-9_.\-/]+$/);

/** One of the URLs that carry the same stream. */
const legSchema = z.object({
  /** Stands for the leg in states, metrics and logs: a side (`primary`, `backup`) or `camera`. */
  id: z.string().min(1),
  /** `rtsp://host:port/path`, without a credential. */
  url: z.string().regex(/^rtsp:\/\/[^@]+$/),
  credential: credentialSchema.optional(),
  /** `<namespace>/<name>` of the media workload that serves the URL, where it is one of this cluster's. */
  workload: z.string().optional(),
});
export type Leg = z.infer<typeof legSchema>;

/** Where a path's stream comes from. */
const sourceSchema = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('publish'),
    /** A camera pushes here, with one of these credentials (more than one while one is being replaced). */
    credentials: z.array(credentialSchema).min(1),
    /** `<namespace>/<name>` of the workload to which the camera pushes the same stream as well, where it does. */
    otherSide: z.string().optional(),
  }),
  /** The agent plays the legs, in order of preference, and publishes one stream of them on localhost. */
  z.object({
    from: z.literal('legs'),
    legs: z.array(legSchema).min(1),
    /** It is made for encoders of this pod: MediaMTX does not get it, and no reader is served. */
    forEncodersOnly: z.boolean().optional(),
  }),
  /** The agent runs FFmpeg from another of its paths to this one. */
  z.object({
    from: z.literal('transcode'),
    /** Another path of this plan. */
    input: pathNameSchema,
    encoding: encodingSchema,
    /** The most memory that the encoder may take. */
    memoryMiB: z.number().int().positive(),
    /**
     * On a standby worker: the same rendition at the worker that encodes it. FFmpeg is started when nothing comes
     * from there any more.
     */
    standbyFor: legSchema.optional(),
  }),
]);
export type Source = z.infer<typeof sourceSchema>;

const plannedPathSchema = z.object({ path: pathNameSchema, source: sourceSchema });
export type PlannedPath = z.infer<typeof plannedPathSchema>;

/** Who may read. `paths` are prefixes ending in `/`, or whole paths. */
const readerSchema = z.object({
  credential: credentialSchema,
  paths: z.array(z.string().min(1)).min(1),
});
export type Reader = z.infer<typeof readerSchema>;

export const mediaPlanSchema = z.object({
  /** Grows with every change of this workload's plan, also across a deletion of its Secret. The newest rules. */
  revision: z.number().int().nonnegative(),
  /** `<namespace>/<name>` of the Deployment that this plan is for. */
  workload: z.string().min(1),
  paths: z.array(plannedPathSchema),
  readers: z.array(readerSchema),
  /** Whether anybody may read without a credential. */
  openToReaders: z.boolean(),
  /** How long readers of a `legs` path are kept attached, without media, when all its legs are gone. */
  holdMs: z.number().int().min(0).max(MAX_WAIT_MS).default(30_000),
  /** How long viewers may go on when the pod is being shut down. */
  drainMs: z.number().int().min(0).max(MAX_WAIT_MS).default(0),
});
export type MediaPlan = z.infer<typeof mediaPlanSchema>;
