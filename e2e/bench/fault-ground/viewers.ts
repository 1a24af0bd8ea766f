import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { end, ended, keepErrors, onLine, startChild } from '../../peers/child.ts';
import type { Viewer } from '../../peers/rtsp-probe.ts';
import { Waiting } from '../../peers/waiting.ts';
import type { ConnectAttempt, PlayerRecord } from './recording.ts';

export interface PlayerSettings extends Viewer {
  /** Whether the pictures carry numbers, by which they are told once they are decoded; otherwise by their hashes. */
  readonly isNumbered?: boolean;
}

export interface ViewerSettings {
  readonly players: readonly PlayerSettings[];
  readonly connectors: readonly Viewer[];
}

const PROGRAM = `${import.meta.dirname}/viewer-main.ts`;

/** The viewers of one repetition, and what they have seen so far. */
export class Viewers {
  readonly players: readonly PlayerRecord[];
  readonly connectors: readonly ConnectAttempt[][];
  readonly #process: ChildProcess;
  readonly #waiting = new Waiting();

  /** Starts them in a network namespace; `file` is written for them, since it holds their logins. */
  static async start(settings: ViewerSettings, file: string, netns: string): Promise<Viewers> {
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    return new Viewers(settings, startChild(process.execPath, [PROGRAM, file], { netns }));
  }

  private constructor(settings: ViewerSettings, child: ChildProcess) {
    this.players = settings.players.map(() => ({ hashes: [], atMs: [], sessions: [] }));
    this.connectors = settings.connectors.map(() => []);
    this.#process = child;
    const errors = keepErrors(child);
    onLine(child, (line) => this.#take(line));
    void ended(child).then((how) => {
      this.#waiting.fail(new Error(`The viewers ended (${how}): ${errors.join(' ')}`));
    });
  }

  /** Resolves when every player has shown so many pictures since now without a break that lasts. */
  async allPlay(pictures: number, budgetMs: number): Promise<void> {
    const goals = this.players.map(({ hashes }) => hashes.length + pictures);
    const lacking = () =>
      this.players.flatMap(({ hashes, sessions }, index) => {
        const isPlaying = sessions.length > 0 && sessions.at(-1)?.endedMs === undefined;
        return isPlaying && hashes.length >= (goals[index] ?? 0) ? [] : [index];
      });
    await this.#waiting
      .until(`${pictures} more pictures`, () => lacking().length === 0, budgetMs)
      .catch((error) => {
        throw new StillAwayError(lacking(), error);
      });
  }

  async close(): Promise<void> {
    await end(this.#process);
  }

  #take(line: string): void {
    const [what = '', index = '', atMs = '', word = '', result = ''] = line.split(' ');
    if (what === 'n') {
      const attempt = { startedMs: Number(atMs), endedMs: Number(word), isOk: result === 'ok' };
      this.connectors[Number(index)]?.push(attempt);
      return;
    }
    const player = this.players[Number(index)];
    if (player === undefined) return;
    if (what === 'p') this.#takePicture(player, Number(atMs), word);
    else if (what === 'b') player.sessions.push({ beganMs: Number(atMs), firstPictureMs: Number.NaN });
    else takeEnd(player, Number(atMs), line);
    this.#waiting.arrived();
  }

  #takePicture(player: PlayerRecord, atMs: number, hash: string): void {
    const session = player.sessions.at(-1);
    if (session !== undefined && Number.isNaN(session.firstPictureMs)) session.firstPictureMs = atMs;
    player.hashes.push(hash);
    player.atMs.push(atMs);
  }
}

/** Players that did not come back in time, by their places in the settings. */
export class StillAwayError extends Error {
  readonly code = 'CUP_VIEWERS_AWAY';
  readonly players: readonly number[];
  constructor(players: readonly number[], cause: unknown) {
    super(`${players.length} viewers do not play in time`, { cause });
    this.players = players;
  }
}

function takeEnd(player: PlayerRecord, endedMs: number, line: string): void {
  const session = player.sessions.at(-1);
  if (session === undefined) return;
  session.endedMs = endedMs;
  session.reason = line.split(' ').slice(3).join(' ');
}
