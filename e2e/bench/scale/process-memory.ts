import { readFile } from 'node:fs/promises';

/** Resident memory of a process in MiB: what it holds now, and the most it ever held (proc_pid_status(5)). */
export async function readMemory(pid: number): Promise<{ nowMib: number; peakMib: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return { nowMib: readKib(status, 'VmRSS') / 1024, peakMib: readKib(status, 'VmHWM') / 1024 };
}

function readKib(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
}
