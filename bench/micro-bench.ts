/** `npm run bench micro`: every bench/micro/*.bench.ts, each in a process of its own so that none warms another. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const microHelp: string = `npm run bench micro -- [name...]

Runs the micro benchmarks of bench/micro/, or those whose file name contains one of the names:
${microFiles()
  .map((file) => `  ${file.replace(".bench.ts", "")}`)
  .join("\n")}`;

const limitMs = 600_000;

export async function microBench(names: readonly string[]): Promise<void> {
  const files = microFiles().filter(
    (file) => names.length === 0 || names.some((name) => file.includes(name)),
  );
  if (files.length === 0) throw new Error(`no bench/micro/*.bench.ts matches ${names.join(" ")}`);
  for (const file of files) {
    console.log(`\n${file}`);
    const script = join(import.meta.dirname, "micro", file);
    const done = spawnSync(process.execPath, [script], { stdio: "inherit", timeout: limitMs });
    if (done.status !== 0) process.exitCode = 1;
  }
}

function microFiles(): readonly string[] {
  return readdirSync(join(import.meta.dirname, "micro"))
    .filter((file) => file.endsWith(".bench.ts"))
    .toSorted();
}
