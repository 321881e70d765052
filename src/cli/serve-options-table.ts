/**
 * The options of `stator serve`, as data: parsing, environment variables, checks and the help text all come
 * from this table. Each option is also an environment variable: --create-delay-ms is STATOR_CREATE_DELAY_MS.
 */
import type { NumberOption, OptionGroup, OptionRow } from "./option-rows.ts";
import { storePlaceOptions, storeUseOptions } from "./store-options.ts";

const dayMs = 86_400_000;

export const serveOptions: readonly OptionGroup[] = [
  {
    title: "Where to listen",
    options: [
      {
        kind: "number",
        name: "port",
        value: "PORT",
        min: 0,
        max: 65_535,
        defaultNumber: 8000,
        help: "Port; 0 takes any free one.",
      },
      {
        kind: "text",
        name: "host",
        value: "ADDRESS",
        defaultText: "127.0.0.1",
        help: "Address to listen on.",
      },
      {
        kind: "flag",
        name: "allow-open-network",
        help: "Allow other addresses than loopback with --auth open: everyone who reaches the port owns the data.",
      },
      {
        kind: "list",
        name: "allowed-hosts",
        value: "NAMES",
        commas: true,
        help: "Host names to answer to beside localhost, 127.x.x.x and [::1] (guards against DNS rebinding).",
      },
      { kind: "text", name: "tls-cert", value: "FILE", help: "Certificate (PEM); read again on SIGHUP." },
      { kind: "text", name: "tls-key", value: "FILE", help: "Private key of the certificate (PEM)." },
      {
        kind: "list",
        name: "cors",
        value: "ORIGINS",
        commas: true,
        help: "Answer browsers from these origins; * answers all. Off by default.",
      },
    ],
  },
  {
    title: "Data",
    options: [
      {
        kind: "text",
        name: "data",
        value: "DIR",
        defaultText: "data",
        help: "Folder of the data; made when missing.",
      },
      { kind: "flag", name: "memory", help: "Keep nothing: the data is gone when the server stops." },
      {
        kind: "list",
        name: "init",
        value: "[TABLE=]FILE",
        commas: false,
        help:
          "Tables to create when missing, and items for them: inputs of CreateTable (.json), CloudFormation or SAM " +
          "templates (.json, .yaml), items (.ndjson, .json.gz). May be repeated.",
      },
      {
        kind: "text",
        name: "region",
        value: "REGION",
        defaultText: "us-east-1",
        help: "Region of the initial tables, and of all tables with --shared.",
      },
      { kind: "flag", name: "shared", help: "All regions and access keys see the same tables." },
    ],
  },
  { title: "A PostgreSQL store", options: [...storePlaceOptions, ...storeUseOptions] },
  {
    title: "Who may ask",
    options: [
      {
        kind: "text",
        name: "auth",
        value: "MODE",
        choices: ["open", "signed"],
        defaultText: "open",
        help: "open: any credentials are taken. signed: signatures are verified.",
      },
      {
        kind: "text",
        name: "credentials",
        value: "FILE",
        help:
          "Access keys for --auth signed: JSON, or the format of ~/.aws/credentials. Without it " +
          "STATOR_ACCESS_KEY_ID and STATOR_SECRET_ACCESS_KEY are used.",
      },
    ],
  },
  {
    title: "Behaviour",
    options: [
      {
        kind: "number",
        name: "routers",
        value: "N",
        min: 0,
        max: 64,
        help: "Threads that answer requests, beside one that writes; 0 does everything in one thread. Default: one per core.",
      },
      delay("create-delay-ms", "How long new tables stay CREATING."),
      delay("update-delay-ms", "How long changed tables stay UPDATING."),
      delay("delete-delay-ms", "How long dropped tables stay DELETING."),
      {
        kind: "list",
        name: "index-lag",
        value: "[TABLE/INDEX=]LAG",
        commas: true,
        help:
          "How far global indexes stay behind their tables: natural (the default), none (whoever reads an index waits " +
          "until it has caught up) or milliseconds. For all of them, or one by name.",
      },
      {
        kind: "number",
        name: "transaction-hold-ms",
        value: "MS",
        min: 0,
        max: 600_000,
        defaultNumber: 0,
        help: "How long write transactions hold their items before they take place, for seeing conflicts.",
      },
      { kind: "flag", name: "log-requests", help: "One JSON line per request on standard error." },
      {
        kind: "number",
        name: "slow-ms",
        value: "MS",
        min: 0,
        max: dayMs,
        help: "One JSON line for each request that takes at least this long.",
      },
      {
        kind: "number",
        name: "drain-ms",
        value: "MS",
        min: 0,
        max: dayMs,
        defaultNumber: 10_000,
        help: "How long requests in flight may take when the server stops.",
      },
    ],
  },
];

function delay(name: string, help: string): NumberOption {
  return { kind: "number", name, value: "MS", min: 0, max: dayMs, defaultNumber: 0, help };
}

/** All options in the order of the help. */
export function allServeOptions(): readonly OptionRow[] {
  return serveOptions.flatMap((group) => group.options);
}

export function environmentName(option: OptionRow): string {
  return `STATOR_${option.name.toUpperCase().replaceAll("-", "_")}`;
}
