/** Opens the two ends of `stator copy` from what the command line says of them. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock } from "../base/index.ts";
import {
  connectionsFor,
  dispatchEnd,
  type End,
  type EndAddress,
  endCredential,
  endRegion,
  type EndRole,
  httpEnd,
  readEndAddress,
} from "../copy/index.ts";
import { createStator, loadPostgresStorage, type StatorCore, type StorageChoice } from "../server/index.ts";
import { type Environment, type OptionValues, usage, type UsageIssue } from "./option-values.ts";

export interface EndToOpen {
  readonly role: EndRole;
  readonly values: OptionValues;
  readonly environment: Environment;
}

export interface OpenedEnd {
  readonly kind: "end";
  readonly end: End;
}

/** Rejects with a StorageError when the data of a store cannot be opened. */
export async function openEnd(asked: EndToOpen): Promise<OpenedEnd | UsageIssue> {
  const { role, values, environment } = asked;
  const text = values.texts.get(role);
  if (text === undefined) return usage(`copy needs --${role}`);
  const address = readEndAddress(text);
  if (address.kind === "issue") return usage(`--${role}: ${address.message}`);
  const misplaced = optionsElsewhere[address.kind].find((name) => values.given.has(`${role}-${name}`));
  if (misplaced !== undefined) return usage(`--${role}-${misplaced} is of no use with --${role} ${text}`);
  const awsRegion = address.kind === "http" ? address.awsRegion : undefined;
  const region = endRegion(values.texts.get(`${role}-region`), awsRegion, environment);
  if (address.kind !== "http") return openStoreEnd(asked, address, region);
  const outcome = endCredential(role, awsRegion !== undefined, environment);
  if (outcome.kind === "issue") return usage(outcome.message);
  const end = httpEnd({
    url: address.url,
    region,
    credential: outcome.credential,
    clock: systemClock(),
    connectionsMax: connectionsFor(values.numbers.get("concurrency") ?? 1),
  });
  return { kind: "end", end };
}

/** Options that mean nothing to an end of the kind: a server goes by the access key, and only databases log in. */
const optionsElsewhere = {
  http: ["account", "password-file"],
  folder: ["password-file"],
  postgres: [],
} as const;

async function openStoreEnd(
  { role, values, environment }: EndToOpen,
  address: Extract<EndAddress, { readonly kind: "folder" | "postgres" }>,
  region: string,
): Promise<OpenedEnd | UsageIssue> {
  const { texts, flags } = values;
  const account = texts.get(`${role}-account`) ?? "0".repeat(12);
  if (!/^\d{12}$/.test(account)) return usage(`--${role}-account takes twelve digits`);
  const namespace = { account, region };
  const dryRun = flags.has("dry-run");
  if (address.kind === "folder") {
    const name = resolve(address.path);
    const choice = folderStorage(name, { role, dryRun });
    if ("message" in choice) return choice;
    return { kind: "end", end: await storeEnd({ choice, namespace, name }) };
  }
  const loaded = await loadPostgresStorage({
    url: address.url,
    passwordFile: texts.get(`${role}-password-file`),
    environmentPassword: environment["PGPASSWORD"],
    eventualReads: "primary",
    create: role === "to" && !dryRun,
  });
  if (loaded.kind === "failed") return usage(`--${role}: ${loaded.message}`);
  const choice = loaded.storage;
  return { kind: "end", end: await storeEnd({ choice, namespace, name: choice.store.name }) };
}

/** The engine's own file; a folder without it holds no store, and a source is never made. */
const databaseName = "stator.db";

interface StoreUse {
  readonly role: EndRole;
  readonly dryRun: boolean;
}

/** A dry run makes no folder: an empty store in memory stands for a target that is not there yet. */
function folderStorage(path: string, { role, dryRun }: StoreUse): StorageChoice | UsageIssue {
  if (existsSync(join(path, databaseName))) return { kind: "directory", path };
  if (role === "from") return usage(`--from: there is no store in ${path}`);
  return dryRun ? { kind: "memory" } : { kind: "directory", path };
}

interface StoreToOpen {
  readonly choice: StorageChoice;
  readonly namespace: { readonly account: string; readonly region: string };
  readonly name: string;
}

/** A whole Stator in this process, as a server would have it, but for the socket. */
async function storeEnd({ choice, namespace, name }: StoreToOpen): Promise<End> {
  const { region, account } = namespace;
  const core = await createStator({
    storage: choice,
    auth: { mode: "open" },
    region,
    shared: false,
    delays: { createMs: 0, updateMs: 0, deleteMs: 0 },
  });
  return dispatchEnd({
    name: `${name} (${region})`,
    identity: `${name} ${region} ${account}`,
    dispatch: core.dispatch,
    namespace,
    elsewhere: () => otherNamespaces(core),
    close: () => core.close(),
  });
}

/** Regions and accounts that have tables. */
function otherNamespaces({ services }: StatorCore): readonly string[] {
  const names = services.catalog
    .tables()
    .map(({ namespace }) => `region ${namespace.region} of account ${namespace.account}`);
  return [...new Set(names)];
}
