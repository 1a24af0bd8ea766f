/**
 * Whether a process of this container holds the other end of a connection on localhost. So a process that the agent
 * started is known without a secret, which could reach it by its arguments alone, where all processes read it.
 *
 *     /proc/net/tcp    "... 0100007F:<its port> 0100007F:<our port> ... <inode>"     proc(5)
 *     /proc/<pid>/fd/* -> socket:[<inode>]
 */
import { readdir, readFile, readlink } from 'node:fs/promises';

export interface LocalEnds {
  /** TCP ports of the two ends, both on 127.0.0.1. */
  readonly ourPort: number;
  readonly itsPort: number;
}

/** False too where the process is gone, or not this user's. */
export async function isHeldBy(pid: number, ends: LocalEnds): Promise<boolean> {
  const inode = findInode(await readFile('/proc/self/net/tcp', 'utf8'), ends);
  if (inode === undefined) return false;
  const folder = `/proc/${pid}/fd`;
  const links = await readdir(folder).catch(() => []);
  const targets = await Promise.all(links.map((link) => readlink(`${folder}/${link}`).catch(() => '')));
  return targets.includes(`socket:[${inode}]`);
}

function findInode(table: string, { ourPort, itsPort }: LocalEnds): string | undefined {
  const local = `${LOCALHOST}:${hexadecimal(itsPort)}`;
  const remote = `${LOCALHOST}:${hexadecimal(ourPort)}`;
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1] === local && fields[2] === remote) return fields[INODE_FIELD];
  }
  return undefined;
}

/** 127.0.0.1 in the byte order of the machines that there are. */
const LOCALHOST = '0100007F';
const INODE_FIELD = 9;

function hexadecimal(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
