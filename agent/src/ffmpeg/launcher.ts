/**
 * How a program is started that must not harm the agent beside it: it dies with the agent, runs after it, and may take
 * so much memory and no more. Pure: each step is a small program of Debian's that becomes the next by exec, so that the
 * process id is the program's own.
 *
 * RLIMIT_DATA counts the memory that a process can write and nobody else sees, without libraries' code and what is
 * only set aside (getrlimit(2)): what an encoder may take of the container's limit. Beyond it the program's allocation
 * fails and it ends by itself; the kernel has no reason to choose a victim in the container.
 */
export interface Launch {
  readonly command: string;
  readonly arguments: readonly string[];
}

export interface LaunchLimits {
  readonly memoryMiB: number;
}

/** Below the agent (0): merging comes first when the node is short of CPU. */
const NICENESS = 10;

const BYTES_PER_MIB = 1024 * 1024;

export function limitLaunch(program: string, args: readonly string[], { memoryMiB }: LaunchLimits): Launch {
  return {
    command: 'setpriv',
    arguments: [
      ...['--pdeathsig', 'KILL', '--'],
      // No core: it would fill the read-only container's writable layer.
      ...['prlimit', `--data=${memoryMiB * BYTES_PER_MIB}`, '--core=0', '--'],
      ...['nice', '-n', String(NICENESS), program, ...args],
    ],
  };
}
