import { access, chmod, constants, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages } from './apt.ts';
import { ask, run } from './command.ts';
import { cacheFolder } from './folders.ts';
import { step } from './progress.ts';

/** The newest `go` line of the modules under `tools/`. */
const NEEDED_MINOR = 26;
/** From this minor version on, Go fetches the toolchain that a go.mod asks for from the module proxy. */
const SELF_FETCHING_MINOR = 21;

/** Go's toolchain is a module too, and any Go with modules can fetch it: so Debian's old one brings the one needed. */
const TOOLCHAIN = {
  module: 'golang.org/toolchain@v0.0.1-go1.26.0.linux-amd64',
  sum: 'h1:1p2G5COR51f8Q3EQ4HLJQDDL2ytLEqfL/yTawB0Jr8w=',
  /** Debian's package; its Go is found by full path, and no other Go of the machine is touched. */
  fetcher: { package: 'golang-1.19-go', program: '/usr/lib/go-1.19/bin/go' },
} as const;

export interface GoToolchain {
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** No Go on this machine can build the tools, and none could be fetched. */
export class GoMissingError extends Error {
  readonly code = 'CUP_GO_MISSING';
  constructor(cause: unknown) {
    super(
      `building the cluster's programs needs Go 1.${NEEDED_MINOR} (or any from 1.${SELF_FETCHING_MINOR} on, which ` +
        `fetches it by itself); there is none, and fetching it with Debian's ${TOOLCHAIN.fetcher.package} failed. ` +
        'Install Go from go.dev/dl to /usr/local/go, or put its bin folder on PATH.',
      { cause },
    );
  }
}

/** A Go that can build the tools, fetched where there is none, with an environment free of the user's own Go settings. */
export async function findGo(): Promise<GoToolchain> {
  for (const program of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    if (program.startsWith('/') && !(await isProgram(program))) continue;
    const env = { ...process.env, GOTOOLCHAIN: 'local' };
    const version = await ask(program, ['env', 'GOVERSION'], { env });
    const minor = Number(/^go1\.(\d+)/.exec(version ?? '')?.[1] ?? 0);
    if (minor >= SELF_FETCHING_MINOR) {
      return { program, env: goEnvironment(minor >= NEEDED_MINOR ? 'local' : 'auto') };
    }
  }
  try {
    return { program: await fetchGo(), env: goEnvironment('local') };
  } catch (cause) {
    throw new GoMissingError(cause);
  }
}

/** Fetches the toolchain into the cache; returns its `go`. */
async function fetchGo(): Promise<string> {
  const folder = join(cacheFolder(), 'go');
  const program = join(folder, TOOLCHAIN.module, 'bin', 'go');
  if (await isProgram(program)) return program;
  return step('fetching Go 1.26', async () => {
    await installPackages([TOOLCHAIN.fetcher.package]);
    await mkdir(folder, { recursive: true });
    const answer = await run(TOOLCHAIN.fetcher.program, ['mod', 'download', '-json', TOOLCHAIN.module], {
      // The checksum is compared here: Go 1.19's own database look-up is not needed.
      env: { ...process.env, GOMODCACHE: folder, GOFLAGS: '-modcacherw', GONOSUMDB: '*' },
    });
    const { Sum } = JSON.parse(answer) as { Sum?: string };
    if (Sum !== TOOLCHAIN.sum)
      throw new Error(`${TOOLCHAIN.module} has the checksum ${Sum}, not ${TOOLCHAIN.sum}`);
    // Modules are unpacked without the right to be run; `go` comes last, since its presence says that all is there.
    const root = join(folder, TOOLCHAIN.module);
    const tools = join(root, 'pkg', 'tool', 'linux_amd64');
    for (const tool of await readdir(tools)) await chmod(join(tools, tool), 0o755);
    await chmod(join(root, 'bin', 'gofmt'), 0o755);
    await chmod(program, 0o755);
    return program;
  });
}

function goEnvironment(toolchain: 'local' | 'auto'): GoToolchain['env'] {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly -buildvcs=false',
    GOTOOLCHAIN: toolchain,
    GOWORK: 'off',
    GOOS: undefined,
    GOARCH: undefined,
    GOROOT: undefined,
  };
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
