/** The options of a PostgreSQL store, for the commands that open one. */
import type { OptionRow } from "./option-rows.ts";

/** Where the store is, and who logs in. */
export const storePlaceOptions: readonly OptionRow[] = [
  {
    kind: "text",
    name: "store",
    value: "URL",
    help:
      "A PostgreSQL database in place of a folder; any number of servers may use it. " +
      "postgres://USER@HOST:PORT,HOST:PORT/DATABASE with the parameters schema, sslmode, sslrootcert, sslcert and sslkey.",
  },
  {
    kind: "text",
    name: "store-password-file",
    value: "FILE",
    help: "File with the password, read again at each login. Without it PGPASSWORD is used.",
  },
];

/** How a server uses it. */
export const storeUseOptions: readonly OptionRow[] = [
  {
    kind: "text",
    name: "eventual-reads",
    value: "WHERE",
    choices: ["primary", "nearest", "random"],
    defaultText: "nearest",
    help:
      "Which database server answers eventually consistent reads: the primary, the standby that answers soonest, or any " +
      "standby.",
  },
  {
    kind: "number",
    name: "eventual-staleness-ms",
    value: "MS",
    min: 1,
    max: 3_600_000,
    defaultNumber: 5000,
    help: "Eventually consistent reads are never older than this; a standby that is further behind is passed over.",
  },
  {
    kind: "number",
    name: "store-connections",
    value: "N",
    min: 1,
    max: 1000,
    defaultNumber: 16,
    help:
      "Sessions that write, and as many that read from each database server, of all threads together; a thread has at " +
      "least one.",
  },
  {
    kind: "flag",
    name: "no-create",
    help: "Refuse a schema that holds no store, in place of making one there.",
  },
];
