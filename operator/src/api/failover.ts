import { z } from 'zod';

/** How a tier's active Service moves between its sides. */
export const failoverSchema = z
  .strictObject({
    failback: z
      .enum(['Automatic', 'Manual'])
      .default('Automatic')
      .describe(
        'Automatic: back to the primary side once that has been whole for failbackAfterSeconds, unless a person asked for the backup side. Manual: only when a person asks.',
      ),
    failbackAfterSeconds: z
      .number()
      .int()
      .min(1)
      .max(86_400)
      .default(60)
      .describe('How long the primary side must have been whole before an automatic failback.'),
    readers: z
      .enum(['Finish', 'Move'])
      .default('Finish')
      .describe(
        'What becomes of viewers on a side that is active no more but still serves. Finish: they go on there. Move: they are disconnected, to come again through the Service.',
      ),
  })
  .describe('How the active side is chosen, and what becomes of viewers when it changes.');
export type Failover = z.infer<typeof failoverSchema>;

/** Why a Service was moved to its other side. */
export const SWITCH_REASONS = {
  /** The pod of the active side is gone. */
  podGone: 'PodGone',
  /** Its MediaMTX does not answer, by the word of the agent beside it or of a refused connection. */
  serverDown: 'ServerDown',
  /** Its agent does not answer, so that no stream reaches its MediaMTX and nobody is let in. */
  agentDown: 'AgentDown',
  /** Nothing of it answers: a lost node, a cut network. */
  unreachable: 'Unreachable',
  /** Its pod is being shut down: eviction, deletion. */
  podLeaving: 'PodLeaving',
  /** Its node takes no more pods: a drain begins like this. */
  nodeCordoned: 'NodeCordoned',
  /** A person has put the side into maintenance. */
  maintenance: 'Maintenance',
  /** It waits for a new version of its pod, which the other side has already. */
  upgrade: 'Upgrade',
  /** A person asked for it. */
  requested: 'Requested',
  /** The other side has served everything that it serves, and more, for a while. */
  servesLess: 'ServesLess',
  /** The primary side is whole again. */
  failback: 'Failback',
} as const;
export type SwitchReason = (typeof SWITCH_REASONS)[keyof typeof SWITCH_REASONS];
