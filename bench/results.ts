/**
 * Where figures go: a JSON file for each run, with what one must know to read it later. `bench/results/` is
 * not kept in git; with `--record` the file goes to `bench/records/`, which is.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";

export interface RunDetails {
  readonly name: string;
  readonly record: boolean;
  readonly figures: unknown;
}

/** Returns the path of the file. */
export function writeResults({ name, record, figures }: RunDetails): string {
  const folder = join(import.meta.dirname, record ? "records" : "results");
  mkdirSync(folder, { recursive: true });
  const time = new Date().toISOString();
  const path = join(folder, `${time.slice(0, 19).replaceAll(":", "-")}-${name}.json`);
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
  };
  writeFileSync(path, `${JSON.stringify({ name, time, machine, figures }, null, 2)}\n`);
  return path;
}
