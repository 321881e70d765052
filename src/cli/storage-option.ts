/** Where the data is, by the options of a command: in a folder, in memory, or in a PostgreSQL database. */
import { loadPostgresStorage, type PostgresStorage, type StorageChoice } from "../server/index.ts";
import { type Environment, type OptionValues, usage, type UsageIssue } from "./option-values.ts";
import { storePlaceOptions, storeUseOptions } from "./store-options.ts";

const replicaPolicies = ["primary", "nearest", "random"] as const;

type Values = Pick<OptionValues, "flags" | "texts" | "numbers" | "given">;

export async function readStorage(
  values: Values,
  environment: Environment,
): Promise<StorageChoice | UsageIssue> {
  const { flags, texts } = values;
  const conflict = findStorageConflict(values);
  if (conflict !== undefined) return usage(conflict);
  if (texts.has("store")) return readStore(values, environment);
  return flags.has("memory") ? { kind: "temporary" } : { kind: "directory", path: texts.get("data") ?? "" };
}

/** For a command that has been given --store. */
export async function readStore(
  { flags, texts, numbers }: Values,
  environment: Environment,
): Promise<PostgresStorage | UsageIssue> {
  const outcome = await loadPostgresStorage({
    url: texts.get("store") ?? "",
    passwordFile: texts.get("store-password-file"),
    environmentPassword: environment["PGPASSWORD"],
    eventualReads: replicaPolicies.find((policy) => policy === texts.get("eventual-reads")),
    eventualStalenessMs: numbers.get("eventual-staleness-ms"),
    connectionsMax: numbers.get("store-connections"),
    create: !flags.has("no-create"),
  });
  return outcome.kind === "failed" ? usage(outcome.message) : outcome.storage;
}

function findStorageConflict({ flags, given }: Values): string | undefined {
  if (flags.has("memory") && given.has("data")) return "--memory and --data exclude each other";
  if (given.has("store") && flags.has("memory")) return "--memory and --store exclude each other";
  if (given.has("store") && given.has("data")) return "--data and --store exclude each other";
  if (given.has("store")) return undefined;
  const lonely = [...storePlaceOptions, ...storeUseOptions].find(({ name }) => given.has(name));
  return lonely === undefined ? undefined : `--${lonely.name} needs --store`;
}
