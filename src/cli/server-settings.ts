/** From option values to the settings of the server; checks what no single option can know. */
import { availableParallelism } from "node:os";
import {
  environmentCredentials,
  loadCredentialsFile,
  readInitArgument,
  type ServerAuth,
  type ServerSettings,
} from "../server/index.ts";
import { readIndexLags } from "./index-lag-option.ts";
import type { Environment, OptionValues, UsageIssue } from "./option-values.ts";
import { usage } from "./option-values.ts";
import { readStorage } from "./storage-option.ts";

export type SettingsOutcome = { readonly kind: "settings"; readonly settings: ServerSettings } | UsageIssue;

export async function toServerSettings(
  values: OptionValues,
  environment: Environment,
  onNote: (line: string) => void,
): Promise<SettingsOutcome> {
  const conflict = findConflict(values);
  if (conflict !== undefined) return usage(conflict);
  const auth = await readAuth(values, environment);
  if ("kind" in auth) return auth;
  const indexLags = readIndexLags(values);
  if (indexLags !== undefined && "kind" in indexLags) return indexLags;
  const storage = await readStorage(values, environment);
  if (storage.kind === "usage") return storage;
  const { flags, lists } = values;
  const corsOrigins = lists.get("cors");
  const slowMs = values.numbers.get("slow-ms");
  const certFile = values.texts.get("tls-cert");
  const keyFile = values.texts.get("tls-key");
  return {
    kind: "settings",
    settings: {
      storage,
      auth,
      region: textOf(values, "region"),
      shared: flags.has("shared"),
      ...(corsOrigins === undefined ? {} : { corsOrigins }),
      delays: {
        createMs: numberOf(values, "create-delay-ms"),
        updateMs: numberOf(values, "update-delay-ms"),
        deleteMs: numberOf(values, "delete-delay-ms"),
      },
      ...(indexLags === undefined ? {} : { indexLags }),
      transactionHoldMs: numberOf(values, "transaction-hold-ms"),
      routers: values.numbers.get("routers") ?? availableParallelism(),
      host: textOf(values, "host"),
      port: numberOf(values, "port"),
      allowOpenNetwork: flags.has("allow-open-network"),
      allowedHosts: lists.get("allowed-hosts") ?? [],
      ...(certFile === undefined || keyFile === undefined ? {} : { tls: { certFile, keyFile } }),
      init: (lists.get("init") ?? []).map(readInitArgument),
      log: { requests: flags.has("log-requests"), ...(slowMs === undefined ? {} : { slowMs }) },
      limits: { drainMs: numberOf(values, "drain-ms") },
      onNote,
    },
  };
}

function findConflict({ texts, given }: OptionValues): string | undefined {
  if (given.has("tls-cert") !== given.has("tls-key")) return "--tls-cert and --tls-key need each other";
  if (given.has("credentials") && texts.get("auth") !== "signed") return "--credentials needs --auth signed";
  return undefined;
}

async function readAuth(values: OptionValues, environment: Environment): Promise<ServerAuth | UsageIssue> {
  if (textOf(values, "auth") === "open") return { mode: "open" };
  const file = values.texts.get("credentials");
  const outcome = file === undefined ? environmentCredentials(environment) : await loadCredentialsFile(file);
  if (outcome === undefined) {
    return usage(
      "--auth signed needs --credentials FILE, or STATOR_ACCESS_KEY_ID and STATOR_SECRET_ACCESS_KEY",
    );
  }
  if (outcome.kind === "failed") return usage(outcome.message);
  return { mode: "signed", credentials: outcome.credentials };
}

/** For options with a default. */
function textOf(values: OptionValues, name: string): string {
  return values.texts.get(name) ?? "";
}

function numberOf(values: OptionValues, name: string): number {
  return values.numbers.get(name) ?? 0;
}
