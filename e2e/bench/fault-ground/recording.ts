/** What viewers saw, as it was told: times are ms since the epoch, with fractions, of one clock. */
export interface PlayerRecord {
  /** Of the coded pictures; of numbered ones, words as numbered-words.ts has them. */
  readonly hashes: string[];
  /** When each picture arrived. */
  readonly atMs: number[];
  readonly sessions: PlayerSession[];
}

/** One connection that showed a picture. */
export interface PlayerSession {
  /** When it began to connect. */
  readonly beganMs: number;
  firstPictureMs: number;
  endedMs?: number;
  /** What ended it. */
  reason?: string;
}

/** One new connection of somebody who asks for a stream and is told of it, or not. */
export interface ConnectAttempt {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly isOk: boolean;
}

/** The time that counts: from the fault until everything is whole again. */
export interface Window {
  readonly faultMs: number;
  readonly endMs: number;
}

/** As it is now: more arrives while the cameras are asked. */
export function copyRecord({ hashes, atMs, sessions }: PlayerRecord): PlayerRecord {
  return { hashes: [...hashes], atMs: [...atMs], sessions: sessions.map((session) => ({ ...session })) };
}
