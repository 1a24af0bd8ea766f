/** The cluster on the command line; results go to stdout, progress and errors to stderr. */
import { Command } from 'commander';
import { Cluster, type ContainerName } from './cluster.ts';
import { productImages } from './image-recipes.ts';
import { ensureArchives } from './images.ts';
import { say } from './progress.ts';
import { buildTools, toolsFolder } from './tools.ts';

type ContainerVerb = (cluster: Cluster, name: ContainerName, text?: string) => Promise<void>;

const program = new Command('cluster').description("this checkout's local Kubernetes cluster");

program
  .command('up')
  .description('bring the cluster up, or mend what is down')
  .option('--nodes <count>', 'all nodes, the edge node among them', Number)
  .option('--max-restart-delay <duration>', 'longest pause before a container is restarted, as 1s')
  .action(async ({ nodes, maxRestartDelay }: { nodes?: number; maxRestartDelay?: string }) => {
    const cluster = await Cluster.open();
    await cluster.up({
      ...(nodes === undefined ? {} : { nodeCount: nodes }),
      ...(maxRestartDelay === undefined ? {} : { maxRestartDelay }),
    });
    say(`the cluster is up; export KUBECONFIG=${cluster.kubeconfigPath} PATH=${await toolsFolder()}:$PATH`);
  });

program
  .command('down')
  .description('remove the cluster without a trace')
  .option('--check', 'remove nothing: list what is there, and fail when anything is')
  .action(async ({ check }: { check?: boolean }) => {
    const cluster = await Cluster.open();
    if (!check) await cluster.down();
    const leftovers = await cluster.leftovers();
    for (const leftover of leftovers) say(`left: ${leftover}`);
    if (leftovers.length > 0) process.exitCode = 1;
  });

program
  .command('kubeconfig')
  .description("print the kubeconfig's path")
  .action(async () => print((await Cluster.open()).kubeconfigPath));

program
  .command('tools')
  .description('build what is missing, and print the folder of kubectl, helm and the others')
  .action(async () => print(await buildTools()));

program
  .command('images')
  .description("build the product's images, and bring them to every node where the cluster is up")
  .action(async () => {
    const cluster = await Cluster.open();
    if (cluster.isUp) await cluster.importImages();
    else for (const { reference, path } of await ensureArchives(productImages)) say(`${reference}: ${path}`);
  });

const machineVerbs = {
  'power-off': ["cut a machine's power", 'powerOff'],
  'power-on': ['start a machine again', 'powerOn'],
  cut: ['cut a machine off the network', 'cut'],
  mend: ["mend a machine's network", 'mend'],
} as const;
for (const [verb, [description, method]] of Object.entries(machineVerbs)) {
  program
    .command(`${verb} <machine>`)
    .description(description)
    .action(async (machine: string) => (await Cluster.open())[method](machine));
}

const containerVerbs = {
  freeze: ['stop every process of a container (SIGSTOP)', (cluster, name) => cluster.freeze(name)],
  thaw: ['let a frozen container run on (SIGCONT)', (cluster, name) => cluster.thaw(name)],
  kill: ["kill a container's first process (SIGKILL)", (cluster, name, text) => cluster.kill(name, text)],
} as const satisfies Record<string, [string, ContainerVerb]>;
for (const [verb, [description, act]] of Object.entries(containerVerbs)) {
  const command = program.command(`${verb} <namespace> <pod> <container>`).description(description);
  if (verb === 'kill') command.option('--process <text>', 'instead: those with this in their argument list');
  command.action(async (namespace: string, pod: string, container: string, options: { process?: string }) =>
    act(await Cluster.open(), { namespace, pod, container }, options.process),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
