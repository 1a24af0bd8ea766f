/** Finds out what a machine lacks before anything is started, and installs what Debian has. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { installPackages } from './apt.ts';
import { ask, run } from './command.ts';
import { step } from './progress.ts';

/** A Unix socket's path holds 107 bytes, and the longest below the state folder takes 55 of them. */
const MAX_PATH_LENGTH = 52;
const NEEDED_DISK_GIB = 10;
const NEEDED_MEMORY_GIB = 3;
const GIB = 2 ** 30;

/** As Debian names the folders of libraries. */
const DEBIAN_ARCHITECTURES: Partial<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/** Debian package -> a program or file of it: what the cluster runs on, and the cameras and viewers outside it. */
const packages: Readonly<Record<string, string>> = {
  buildah: 'buildah',
  chromium: '/usr/bin/chromium',
  conntrack: 'conntrack',
  containerd: 'containerd',
  'containernetworking-plugins': '/usr/lib/cni/ptp',
  ffmpeg: 'ffmpeg',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  'gstreamer1.0-libav': gstreamerPlugin('libav'),
  'gstreamer1.0-plugins-bad': gstreamerPlugin('videoparsersbad'),
  'gstreamer1.0-plugins-good': gstreamerPlugin('rtp'),
  'gstreamer1.0-tools': 'gst-launch-1.0',
  iproute2: 'ip',
  iptables: 'iptables',
  mmdebstrap: 'mmdebstrap',
  openssl: 'openssl',
  runc: 'runc',
  'util-linux': 'unshare',
};

function gstreamerPlugin(name: string): string {
  return `/usr/lib/${DEBIAN_ARCHITECTURES[process.arch]}/gstreamer-1.0/libgst${name}.so`;
}

/** Everything that a machine lacks to run the cluster, one remedy a line. */
export class PreflightError extends Error {
  readonly code = 'CUP_PREFLIGHT';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`this machine cannot run the local cluster:\n${problems.map((text) => `- ${text}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Throws {@link PreflightError} when something is missing that cannot be installed. */
export async function checkMachine(stateFolder: string): Promise<void> {
  if (process.platform !== 'linux') throw new PreflightError(['it needs Linux: use a virtual machine']);
  if (process.getuid?.() !== 0) {
    throw new PreflightError(['it needs root (namespaces, mounts, control groups): run it with sudo']);
  }
  const pathProblems = checkPath(stateFolder);
  if (pathProblems.length > 0) throw new PreflightError(pathProblems);
  await installMissing();
  const problems = [...(await checkRoom(stateFolder)), ...(await checkKernel(stateFolder))];
  if (problems.length > 0) throw new PreflightError(problems);
}

/** The path is written into scripts and settings as it is. */
function checkPath(stateFolder: string): string[] {
  if (/^[\w./-]+$/.test(stateFolder) && stateFolder.length <= MAX_PATH_LENGTH) return [];
  return [
    `${stateFolder} cannot hold the cluster's state (at most ${MAX_PATH_LENGTH} plain characters): ` +
      'set XDG_STATE_HOME to another folder',
  ];
}

async function installMissing(): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if ((await ask('apt-get', ['--version'])) === null) {
    throw new PreflightError([`programs of these packages are missing: ${missing.join(', ')}`]);
  }
  await step(`installing ${missing.join(', ')}`, () => installPackages(missing));
  if (missing.includes('containerd')) await stopPackagedContainerd();
}

function missingPackages(): string[] {
  const folders = (process.env.PATH ?? '').split(':');
  const isThere = (file: string) =>
    file.startsWith('/') ? existsSync(file) : folders.some((folder) => existsSync(join(folder, file)));
  return Object.entries(packages).flatMap(([name, file]) => (isThere(file) ? [] : [name]));
}

/** Debian starts a containerd of its own on installation; the cluster's nodes each run theirs. */
async function stopPackagedContainerd(): Promise<void> {
  await ask('systemctl', ['disable', '--now', 'containerd.service']);
}

async function checkRoom(stateFolder: string): Promise<string[]> {
  const problems: string[] = [];
  const parent = await existingParent(stateFolder);
  const { bavail, bsize } = await statfs(parent);
  const freeGib = (bavail * bsize) / GIB;
  if (freeGib < NEEDED_DISK_GIB) {
    problems.push(`${freeGib.toFixed(1)} GiB free under ${parent}, ${NEEDED_DISK_GIB} are needed: free some`);
  }
  const memoryGib = freemem() / GIB;
  if (memoryGib < NEEDED_MEMORY_GIB) {
    problems.push(`${memoryGib.toFixed(1)} GiB of memory available, ${NEEDED_MEMORY_GIB} are needed`);
  }
  return problems;
}

async function existingParent(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  return dirname(folder);
}

/** Tries each kernel feature for real, in namespaces that end with the trial. */
async function checkKernel(stateFolder: string): Promise<string[]> {
  const folder = await mkdtemp(join(await existingParent(stateFolder), 'preflight-'));
  const inNamespaces = ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', '--mount-proc', 'sh', '-ec'];
  const trials: readonly (readonly [string, string])[] = [
    ['namespaces (CONFIG_NAMESPACES)', 'true'],
    [
      `overlayfs on ${dirname(folder)} (CONFIG_OVERLAY_FS, and no overlay below: set XDG_STATE_HOME to a disk)`,
      `cd ${folder}; mkdir a b c d; mount -t overlay -o lowerdir=a,upperdir=b,workdir=c overlay d`,
    ],
    ['network bridges (CONFIG_BRIDGE)', 'ip link add br0 type bridge'],
    ['veth pairs (CONFIG_VETH)', 'ip link add v0 type veth peer name v1'],
    [
      'iptables NAT as kube-proxy uses it (nf_nat, xt_comment, xt_mark, xt_statistic, xt_addrtype, xt_conntrack)',
      [
        'iptables -t nat -N T',
        'iptables -t nat -A T -m comment --comment t -m statistic --mode random --probability 0.5 -j MARK --or-mark 1',
        'iptables -t nat -A T -m addrtype --dst-type LOCAL -m mark --mark 1 -j MASQUERADE --random-fully',
        'iptables -t nat -A T -p tcp -j DNAT --to-destination 127.0.0.1:1',
        'iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP',
      ].join('; '),
    ],
  ];
  const problems: string[] = [];
  try {
    for (const [feature, script] of trials) {
      const env = { ...process.env, XTABLES_LOCKFILE: join(folder, 'xtables.lock') };
      const failure = await run('unshare', [...inNamespaces, script], { env }).then(
        () => null,
        (error: Error) => error.message.split('\n').at(-1),
      );
      if (failure !== null) problems.push(`the kernel lacks ${feature}: ${failure}`);
      if (failure !== null && feature.startsWith('namespaces')) break;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return problems;
}
