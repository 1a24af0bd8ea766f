import { access } from 'node:fs/promises';
import { ask } from './command.ts';

/** The newest `go` line of the modules under `tools/`. */
const NEEDED_MINOR = 26;
/** From this minor version on, Go fetches the toolchain that a go.mod asks for from the module proxy. */
const SELF_FETCHING_MINOR = 21;

export interface GoToolchain {
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** No Go on this machine can build the tools. */
export class GoMissingError extends Error {
  readonly code = 'CUP_GO_MISSING';
  constructor(found: string | null) {
    super(
      `building the cluster's programs needs Go 1.${NEEDED_MINOR} or newer (or any Go from ` +
        `1.${SELF_FETCHING_MINOR} on, which fetches the right one by itself); found ${found ?? 'none'}. ` +
        'Install it from go.dev/dl to /usr/local/go, or put its bin folder on PATH; ' +
        "Debian bookworm's golang-go (1.19) is too old.",
    );
  }
}

/** Finds a Go that can build the tools, with an environment free of the user's own Go settings. */
export async function findGo(): Promise<GoToolchain> {
  let tooOld: string | null = null;
  for (const program of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']) {
    if (program.startsWith('/') && !(await isThere(program))) continue;
    const version = await ask(program, ['env', 'GOVERSION'], {
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    if (version === null) continue;
    const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
    if (minor >= SELF_FETCHING_MINOR) {
      return { program, env: goEnvironment(minor >= NEEDED_MINOR ? 'local' : 'auto') };
    }
    tooOld = version.trim();
  }
  throw new GoMissingError(tooOld);
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
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
