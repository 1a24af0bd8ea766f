import { readFile } from 'node:fs/promises';

/** The encoders that an agent runs: their process ids, and their argument lists from FFmpeg's name on. */
export async function findEncoders(agent: number): Promise<Map<number, string[]>> {
  const children = await readFile(`/proc/${agent}/task/${agent}/children`, 'utf8');
  const encoders = new Map<number, string[]>();
  for (const pid of children.trim().split(' ').filter(Boolean).map(Number)) {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    if (words[0]?.endsWith('ffmpeg') === true) encoders.set(pid, words);
  }
  return encoders;
}

/** The same encoder by hand: another input and another output, each of which the list has once. */
export function replaceEnds(words: readonly string[], inputUrl: string, outputUrl: string): string[] {
  const input = words.indexOf('-i') + 1;
  return words.map((word, index) =>
    index === input ? inputUrl : index === words.length - 1 ? outputUrl : word,
  );
}
