/** `stator migrate`: makes a store in a PostgreSQL database, or brings one to this version's format. */
import { type MigratedStore, migrateStore } from "../server/index.ts";
import type { CommandContext } from "./command-context.ts";
import { exitCodes } from "./exit-codes.ts";
import type { OptionValues } from "./option-values.ts";
import { readStore } from "./storage-option.ts";

/** Resolves with the exit code. */
export async function migrate(values: OptionValues, context: CommandContext): Promise<number> {
  const fail = (message: string, code: number): number => {
    context.writeError(`stator: ${message}\n`);
    return code;
  };
  if (!values.texts.has("store")) {
    return fail("migrate needs --store; data in a folder is migrated when it is opened", exitCodes.wrongUse);
  }
  const storage = await readStore(values, context.environment);
  if (storage.kind === "usage") return fail(storage.message, exitCodes.wrongUse);
  const heads = values.numbers.get("heads");
  const outcome = await migrateStore(storage, heads === undefined ? {} : { heads });
  if (outcome.kind === "refused") return fail(outcome.message, exitCodes.failed);
  context.write(`${outcome.name}: ${migratedText(outcome)}\n`);
  return exitCodes.done;
}

function migratedText({ from, to, spread }: Extract<MigratedStore, { kind: "migrated" }>): string {
  const where = spread === true ? ", spread over the servers of the cluster" : "";
  if (from === 0) return `made a store of format ${to}${where}`;
  return from === to
    ? `the store is of format ${to} already${where === "" ? "" : `; now it is${where.slice(1)}`}`
    : `migrated from format ${from} to format ${to}${where}`;
}
