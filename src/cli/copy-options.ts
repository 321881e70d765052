/** The options of `stator copy`; like those of serve, each is an environment variable, too. */
import type { OptionGroup, OptionRow } from "./option-rows.ts";

const ends = "a folder (DIR), http://..., https://..., aws:REGION or postgres://...";

export const copyOptionGroups: readonly OptionGroup[] = [
  {
    title: "Copying",
    options: [
      { kind: "text", name: "from", value: "END", help: `Where the tables are: ${ends}.` },
      { kind: "text", name: "to", value: "END", help: `Where they are to be: ${ends}.` },
      {
        kind: "text",
        name: "from-region",
        value: "REGION",
        help: "Of the source; else AWS_REGION, else us-east-1.",
      },
      {
        kind: "text",
        name: "to-region",
        value: "REGION",
        help: "Of the target; else AWS_REGION, else us-east-1.",
      },
      {
        kind: "text",
        name: "from-account",
        value: "ID",
        help: "Of a source folder or database: twelve digits; else zeros.",
      },
      {
        kind: "text",
        name: "to-account",
        value: "ID",
        help: "Of a target folder or database: twelve digits; else zeros.",
      },
      {
        kind: "text",
        name: "from-password-file",
        value: "FILE",
        help: "File with the password of a source in PostgreSQL; else PGPASSWORD.",
      },
      {
        kind: "text",
        name: "to-password-file",
        value: "FILE",
        help: "File with the password of a target in PostgreSQL; else PGPASSWORD.",
      },
      {
        kind: "list",
        name: "table",
        value: "NAMES",
        commas: true,
        help: "Tables to copy; * and ? stand for any characters. May be repeated. Without it: all tables.",
      },
      {
        kind: "list",
        name: "without",
        value: "MEMBERS",
        commas: true,
        help: "Settings of tables not to copy, by the names of CreateTable (StreamSpecification, Tags, ...), and TimeToLive.",
      },
      {
        kind: "text",
        name: "state",
        value: "FILE",
        defaultText: "stator-copy.json",
        help: "How far the copy has come; the same command goes on from there.",
      },
      { kind: "flag", name: "into-existing", help: "Write into tables that the target has already." },
      {
        kind: "flag",
        name: "sync",
        help: "In tables that the target has already, write only what differs and delete what the source has not.",
      },
      {
        kind: "flag",
        name: "follow",
        help: "The source is in use: apply its changes, too, until a signal says that they are to be finished with.",
      },
      {
        kind: "number",
        name: "until-idle",
        value: "SECONDS",
        min: 1,
        max: 86_400,
        help: "With --follow: finish when no change has come for so long.",
      },
      {
        kind: "flag",
        name: "dry-run",
        help: "Say what would be done; with --sync look for differences, too.",
      },
      {
        kind: "flag",
        name: "no-compare",
        help: "Do not read both ends again to compare counts and checksums.",
      },
      {
        kind: "number",
        name: "concurrency",
        value: "N",
        min: 1,
        max: 256,
        defaultNumber: 8,
        help: "Parts of a table that are copied at a time, each with up to four requests at once.",
      },
      {
        kind: "number",
        name: "rate-wcu",
        value: "UNITS",
        min: 1,
        max: 10_000_000,
        help: "Write units per second at most.",
      },
      { kind: "flag", name: "quiet", help: "No lines of progress." },
    ],
  },
];

export const copyOptions: readonly OptionRow[] = copyOptionGroups.flatMap(({ options }) => options);
