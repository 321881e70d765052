/**
 * `npm run bench [name]`: the benchmarks by name. Nothing here runs in the checks; figures that matter are
 * recorded with the commit they belong to.
 */
import { ceilingBench, ceilingHelp } from "./ceiling-bench.ts";
import { indexesBench, indexesHelp } from "./indexes-bench.ts";
import { microBench, microHelp } from "./micro-bench.ts";
import { overloadBench, overloadHelp } from "./overload-bench.ts";
import { postgresBench, postgresHelp } from "./postgres-bench.ts";
import { routersBench, routersHelp } from "./routers-bench.ts";
import { serverBench, serverHelp } from "./server-bench.ts";
import { stallsBench, stallsHelp } from "./stalls-bench.ts";
import { startupBench, startupHelp } from "./startup-bench.ts";
import { volumeBench, volumeHelp } from "./volume-bench.ts";

interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

const commands: readonly Command[] = [
  { name: "server", summary: "load on the built server and its peers", help: serverHelp, run: serverBench },
  { name: "routers", summary: "several router threads against one", help: routersHelp, run: routersBench },
  {
    name: "overload",
    summary: "what is answered when too much is asked",
    help: overloadHelp,
    run: overloadBench,
  },
  {
    name: "stalls",
    summary: "how long an event loop stands still",
    help: stallsHelp,
    run: stallsBench,
  },
  {
    name: "indexes",
    summary: "what global indexes cost, and their lag",
    help: indexesHelp,
    run: indexesBench,
  },
  {
    name: "postgres",
    summary: "the PostgreSQL engine beside pgbench",
    help: postgresHelp,
    run: postgresBench,
  },
  {
    name: "volume",
    summary: "much data on PostgreSQL, three indexes",
    help: volumeHelp,
    run: volumeBench,
  },
  { name: "ceiling", summary: "what the bare minimum costs here", help: ceilingHelp, run: ceilingBench },
  {
    name: "startup",
    summary: "how soon it answers, what it costs idle",
    help: startupHelp,
    run: startupBench,
  },
  { name: "micro", summary: "single functions, each file by itself", help: microHelp, run: microBench },
];

function usage(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join("\n");
  return `npm run bench NAME -- [options]; NAME --help tells the options\n\n${list}`;
}

const [name, ...args] = process.argv.slice(2);
const command = commands.find((candidate) => candidate.name === name);
if (command === undefined) {
  console.log(usage());
  if (name !== undefined && name !== "--help") process.exitCode = 1;
} else if (args.includes("--help")) {
  console.log(command.help);
} else {
  await command.run(args);
}
