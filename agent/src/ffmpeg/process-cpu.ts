import { readFile } from 'node:fs/promises';

/** `utime` and `stime` after the name, which may hold spaces, in proc(5)'s order. */
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;
/** USER_HZ is 100 on every machine that Node runs on. */
const MS_PER_TICK = 10;

/** CPU time that a process has used since its start, ms; undefined where it is gone. */
export async function readCpuMs(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) * MS_PER_TICK;
}
