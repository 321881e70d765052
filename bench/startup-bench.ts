/** `npm run bench startup`: how soon a fresh server or library answers, and what it costs to let it sit idle. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { positive, wholeNumber } from "./option-values.ts";
import { processMemory } from "./process-usage.ts";
import { writeResults } from "./results.ts";
import { buildOf, builtServerKnows } from "./server-process.ts";
import { furtherRouterMiB, type RouterMemory, routerMemory } from "./startup/router-memory.ts";
import { spread, type Spread } from "./statistics.ts";
import { targetChoice } from "./targets.ts";
import { figure, textTable } from "./text-table.ts";

export const startupHelp: string = `npm run bench startup -- [options]

Servers: from the start of the process to the first answered ListTables, and resident memory after 5 s without
a request. The package in a process: open(), and open() to the first answered GetItem, the import not counted.

  --targets LIST      as for "server"; default memory,data,dynalite,dynalite-path
  --rounds N          fresh processes of each, interleaved; the median is reported (default 5)
  --routers LIST      idle memory of a server on a data folder with so many router threads, and what each further
                      one costs; default 0,1,2,3,4; none leaves it out
  --record            write the JSON file to bench/records/ instead of bench/results/`;

const idleMs = 5_000;

interface ServerStart {
  readonly target: string;
  readonly readyMs: Spread;
  readonly idleMiB: number | undefined;
}

export async function startupBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      targets: { type: "string", default: "memory,data,dynalite,dynalite-path" },
      rounds: { type: "string", default: "5" },
      routers: { type: "string", default: "0,1,2,3,4" },
      record: { type: "boolean", default: false },
    },
  });
  const rounds = positive("rounds", values.rounds, 100);
  const servers = await measureServers(values.targets.split(","), rounds);
  console.log(
    textTable(
      ["server", "ready ms", "(min-max)", "idle RSS MiB"],
      servers.map(({ target, readyMs, idleMiB }) => [
        target,
        figure(readyMs.median),
        `${figure(readyMs.min)}-${figure(readyMs.max)}`,
        figure(idleMiB),
      ]),
    ),
  );
  const routers = await measureRouters(values.routers);
  const inProcess = measureInProcess(rounds);
  console.log(
    `\n${textTable(
      ["in a process", "ms", "(min-max)"],
      Object.entries(inProcess).map(([name, ms]) => [
        name,
        figure(ms.median),
        `${figure(ms.min)}-${figure(ms.max)}`,
      ]),
    )}`,
  );
  const path = writeResults({
    name: "startup",
    record: values.record,
    figures: { servers, routers, inProcess },
  });
  console.error(`\nfigures in ${path}`);
}

/** One server of each; undefined when there is nothing to measure. */
async function measureRouters(list: string): Promise<readonly RouterMemory[] | undefined> {
  if (list === "none") return undefined;
  const counts = list.split(",").map((text) => wholeNumber("routers", text, 64));
  if (!builtServerKnows("routers")) {
    console.log("\nthe built server has no option --routers: memory of its threads is not measured");
    return undefined;
  }
  const servers = await measureServers(
    counts.map((count) => `data-routers-${count}`),
    1,
  );
  const idle = servers.flatMap(({ idleMiB }, index) => {
    const routers = counts[index];
    return idleMiB === undefined || routers === undefined ? [] : [{ routers, idleMiB }];
  });
  const memory = routerMemory(idle);
  console.log(
    `\n${textTable(
      ["routers", "idle RSS MiB", "more for each router"],
      memory.map(({ routers, idleMiB, perRouterMiB }) => [
        String(routers),
        figure(idleMiB),
        figure(perRouterMiB),
      ]),
    )}`,
  );
  console.log(`each router beyond the first costs ${figure(furtherRouterMiB(idle))} MiB`);
  return memory;
}

async function measureServers(names: readonly string[], rounds: number): Promise<readonly ServerStart[]> {
  const readyMs = new Map<string, number[]>(names.map((name) => [name, []]));
  const idleMiB = new Map<string, number | undefined>();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      process.stderr.write(`\rround ${round + 1}/${rounds} ${name}          `);
      const target = await targetChoice(name).start();
      if (target.readyMs !== undefined) readyMs.get(name)?.push(target.readyMs);
      if (round === 0) {
        await new Promise<void>((resolve) => setTimeout(resolve, idleMs));
        const memory = target.pid === undefined ? undefined : processMemory(target.pid);
        idleMiB.set(name, memory === undefined ? undefined : memory.residentBytes / 2 ** 20);
      }
      await target.close();
    }
  }
  process.stderr.write(`\r${" ".repeat(40)}\r`);
  return [...readyMs].map(([target, times]) => ({
    target,
    readyMs: spread(times),
    idleMiB: idleMiB.get(target),
  }));
}

interface Sample {
  readonly importMs: number;
  readonly openMs: number;
  readonly firstItemMs: number;
}

function measureInProcess(rounds: number): Readonly<Record<string, Spread>> {
  const samples = Array.from({ length: rounds }, openOnce);
  return {
    "import of the package": spread(samples.map(({ importMs }) => importMs)),
    "open()": spread(samples.map(({ openMs }) => openMs)),
    "open() to the first GetItem": spread(samples.map(({ firstItemMs }) => firstItemMs)),
  };
}

function openOnce(): Sample {
  const entry = join(buildOf, "dist/index.js");
  if (!existsSync(entry)) throw new Error(`${entry} does not exist: run "npm run build" first`);
  const script = join(import.meta.dirname, "startup/open-in-process.ts");
  const done = spawnSync(process.execPath, [script, entry], { encoding: "utf8", timeout: 60_000 });
  if (done.status !== 0) throw new Error(`${script}:\n${done.stdout}${done.stderr}`);
  return JSON.parse(done.stdout) as Sample;
}
