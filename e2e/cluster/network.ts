/** Puts the plan's namespaces, bridge and links into the kernel; each function may be repeated. */
import { access } from 'node:fs/promises';
import { type ClusterPlan, type NodePlan, podNetwork, type Station, serviceNetwork } from './cluster-plan.ts';
import { ask, run } from './command.ts';

const BRIDGE = 'br0';

/** Whether the named network namespace exists. */
export function hasNetns(name: string): Promise<boolean> {
  return access(`/run/netns/${name}`).then(
    () => true,
    () => false,
  );
}

/** The bridge that joins all stations, and the host's own link to it, which comes up last. */
export async function ensureSwitch(plan: ClusterPlan): Promise<void> {
  const netns = plan.switchNetns;
  if ((await hasNetns(netns)) && (await readLink(null, plan.prefix))?.flags.includes('UP')) return;
  await removeSwitch(plan.prefix, netns);
  await run('ip', ['netns', 'add', netns]);
  await batch(netns, [
    'link set lo up',
    `link add ${BRIDGE} type bridge`,
    `link set ${BRIDGE} up`,
    'link add host type veth peer name host-end',
    `link set host master ${BRIDGE} up`,
    `link set host-end netns ${process.pid} name ${plan.prefix}`,
  ]);
  await batch(null, [`addr add ${plan.hostAddress}/24 dev ${plan.prefix}`, `link set ${plan.prefix} up`]);
}

/** Takes the bridge away, with the host's link; the stations' namespaces are their own. */
export async function removeSwitch(prefix: string, netns: string): Promise<void> {
  await ask('ip', ['link', 'del', prefix]);
  await removeNetns(netns);
}

/** Whether a station's namespace is there and joined to the bridge (which a cut port is, too). */
export async function isPlugged(plan: ClusterPlan, station: Station): Promise<boolean> {
  if (!(await hasNetns(station.netns))) return false;
  return (await readLink(plan.switchNetns, station.port))?.master !== undefined;
}

/** A station's namespace and its routes; its port is joined to the bridge last. */
export async function ensureStation(plan: ClusterPlan, station: Station): Promise<void> {
  if (await isPlugged(plan, station)) return;
  await removeStation(plan, station);
  await run('ip', ['netns', 'add', station.netns]);
  await batch(plan.switchNetns, [
    `link add ${station.port} type veth peer name eth0 address ${station.mac} netns ${station.netns}`,
  ]);
  await batch(station.netns, [
    'link set lo up',
    `addr add ${station.address}/24 dev eth0`,
    'link set eth0 up',
    ...routesOf(plan, station),
  ]);
  await setSysctl(station.netns, 'net/ipv4/ip_forward', '1');
  if (plan.nodes.some(({ name }) => name === station.name)) await hidePods(station);
  await batch(plan.switchNetns, [`link set ${station.port} master ${BRIDGE} up`]);
}

/**
 * What pods send to others than pods comes from their node's address, as on any cluster: outsiders, a camera that
 * is pulled for one, have no route back to a pod.
 */
async function hidePods(node: Station): Promise<void> {
  const toOutsiders = ['-s', podNetwork, '!', '-d', podNetwork, '-m', 'addrtype', '!', '--dst-type', 'LOCAL'];
  const rule = ['-t', 'nat', '-A', 'POSTROUTING', ...toOutsiders, '-j', 'MASQUERADE'];
  await run('ip', ['netns', 'exec', node.netns, 'iptables', '--wait', ...rule]);
}

/** Takes a station's port and namespace away; the kernel removes the latter's own end of the link some time later. */
export async function removeStation(plan: ClusterPlan, station: Station): Promise<void> {
  await ask('ip', ['-n', plan.switchNetns, 'link', 'del', station.port]);
  await removeNetns(station.netns);
}

/** Outsiders know the node addresses and nothing else; nodes and control plane know every pod. */
function routesOf(plan: ClusterPlan, station: Station): string[] {
  if (station.name === plan.outside.name) return [];
  const pods = plan.nodes
    .filter(({ name }) => name !== station.name)
    .map((node: NodePlan) => `route add ${node.podSubnet} via ${node.address}`);
  // kube-proxy rewrites Service addresses after routing: without a route nothing would get that far.
  // There is no way out of the cluster, and who tries is told at once.
  return [...pods, `route add ${serviceNetwork} dev eth0`, 'route add unreachable default'];
}

/** Cuts a station off the network, or mends it: its port on the bridge loses or regains its carrier. */
export async function setPort(plan: ClusterPlan, station: Station, state: 'up' | 'down'): Promise<void> {
  await run('ip', ['-n', plan.switchNetns, 'link', 'set', station.port, state]);
}

/** Whether a station's port is cut. */
export async function isCut(plan: ClusterPlan, station: Station): Promise<boolean> {
  const link = await readLink(plan.switchNetns, station.port);
  return link !== null && !link.flags.includes('UP');
}

export async function removeNetns(name: string): Promise<void> {
  if (await hasNetns(name)) await run('ip', ['netns', 'del', name]);
}

/** What the machine itself routes, as `10.1.2.0/24` or single addresses. */
export async function listRoutes(): Promise<string[]> {
  const routes = JSON.parse(await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) as {
    dst: string;
  }[];
  return routes.map(({ dst }) => dst);
}

interface Link {
  readonly flags: readonly string[];
  /** The bridge it is joined to. */
  readonly master?: string;
}

/** A link in a named namespace, or in this process's own one (null); null where it does not exist. */
async function readLink(netns: string | null, name: string): Promise<Link | null> {
  const where = netns === null ? [] : ['-n', netns];
  const answer = await ask('ip', ['-json', ...where, 'link', 'show', name]);
  return answer === null ? null : ((JSON.parse(answer) as Link[])[0] ?? null);
}

function batch(netns: string | null, lines: readonly string[]): Promise<string> {
  const where = netns === null ? [] : ['-n', netns];
  return run('ip', [...where, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

async function setSysctl(netns: string, key: string, value: string): Promise<void> {
  await run('ip', ['netns', 'exec', netns, 'tee', `/proc/sys/${key}`], { input: value });
}
