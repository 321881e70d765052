/**
 * The files of one PostgreSQL server (a "cluster" in its own words): a folder with data, socket and log, what is in
 * its settings, and who may log in how. Starting it is server-process.ts.
 */
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { appendFile, chmod, copyFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresPrograms } from "./find-postgres.ts";
import { runProgram } from "./run-program.ts";

export interface PostgresOptions {
  /**
   * Absent: true. False: nothing is forced to the disk, which is faster; for tests that kill no machine. (A killed
   * server loses nothing either way: what the kernel was given stays there.)
   */
  readonly durable?: boolean;
  /** Absent: "off". "offered" takes connections with and without TLS, "required" only with. */
  readonly tls?: "off" | "offered" | "required";
  /** A role that logs in with a password (SCRAM-SHA-256) and may create databases; all others need none. */
  readonly passwordRole?: { readonly name: string; readonly password: string };
  /** Lines of postgresql.conf, after all others. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Cluster {
  readonly programs: PostgresPrograms;
  /** Holds everything else; also where the sockets are. */
  readonly folder: string;
  readonly dataDir: string;
  readonly logFile: string;
}

/** Valid for localhost and 127.0.0.1, signed by itself. */
const certificates = join(import.meta.dirname, "../../../test/wire/certificates");
export const postgresCertificateFile: string = join(certificates, "first.cert.pem");

export function makeCluster(programs: PostgresPrograms): Cluster {
  const folder = mkdtempSync(join(tmpdir(), "stator-postgres-"));
  giveTo(programs, folder);
  return { programs, folder, dataDir: join(folder, "data"), logFile: join(folder, "log") };
}

/** An empty database, with settings and logins as wished. */
export async function initialise({ programs, dataDir }: Cluster, options: PostgresOptions): Promise<void> {
  await runProgram(programs, "initdb", [
    `--pgdata=${dataDir}`,
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--no-instructions",
  ]);
  const tls = options.tls ?? "off";
  if (tls !== "off") await placeCertificate(programs, dataDir);
  await appendFile(join(dataDir, "postgresql.conf"), settingLines(settingsOf(options)));
  await writeFile(join(dataDir, "pg_hba.conf"), loginLines(tls, options.passwordRole?.name));
}

/** An exact copy of a running server's data, which follows it when started. */
export async function copyFrom(cluster: Cluster, source: string): Promise<void> {
  rmSync(cluster.dataDir, { recursive: true, force: true });
  await runProgram(cluster.programs, "pg_basebackup", [
    `--pgdata=${cluster.dataDir}`,
    `--dbname=${source}`,
    "--checkpoint=fast",
    "--wal-method=stream",
    "--no-sync",
  ]);
}

/** Brings the data of a former primary back to where the new one's history begins. */
export async function rewindTo({ programs, dataDir }: Cluster, source: string): Promise<void> {
  await runProgram(programs, "pg_rewind", [
    `--target-pgdata=${dataDir}`,
    `--source-server=${source}`,
    "--no-sync",
  ]);
}

/** Makes a stopped server a standby of another one. */
export async function followWhenStarted({ programs, dataDir }: Cluster, source: string): Promise<void> {
  const signalFile = join(dataDir, "standby.signal");
  await writeFile(signalFile, "");
  giveTo(programs, signalFile);
  await appendFile(join(dataDir, "postgresql.auto.conf"), settingLines({ primary_conninfo: source }));
}

/** pg_rewind cannot repair a server that would start as a standby. */
export function forgetToFollow({ dataDir }: Cluster): void {
  rmSync(join(dataDir, "standby.signal"), { force: true });
}

export function logTail({ logFile }: Cluster, lines: number): string {
  return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

export function removeCluster({ folder }: Cluster): void {
  rmSync(folder, { recursive: true, force: true });
}

function settingsOf(options: PostgresOptions): Readonly<Record<string, string>> {
  const durable = options.durable ?? true;
  return {
    listen_addresses: "127.0.0.1",
    max_connections: "200",
    shared_buffers: "128MB",
    // Shared memory of parallel queries in the data folder, so that a killed server leaves nothing elsewhere.
    dynamic_shared_memory_type: "mmap",
    wal_level: "replica",
    max_wal_senders: "10",
    // So much may be written while a standby is away; after that it has to be copied anew.
    wal_keep_size: "1GB",
    // For pg_rewind.
    wal_log_hints: "on",
    hot_standby: "on",
    // A standby that has lost its primary looks for it ten times a second, and not every five seconds.
    wal_retrieve_retry_interval: "100ms",
    log_line_prefix: "%m [%p] %b ",
    ...(durable ? {} : { fsync: "off" }),
    ...((options.tls ?? "off") === "off" ? {} : { ssl: "on" }),
    ...options.settings,
  };
}

function settingLines(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  return lines.join("");
}

/** The first line that fits decides. */
function loginLines(tls: "off" | "offered" | "required", passwordRole: string | undefined): string {
  const kind = tls === "required" ? "hostssl" : "host";
  return [
    "local all all trust",
    // Standbys are servers of the same test.
    "host replication postgres 127.0.0.1/32 trust",
    ...(passwordRole === undefined ? [] : [`${kind} all "${passwordRole}" 127.0.0.1/32 scram-sha-256`]),
    `${kind} all all 127.0.0.1/32 trust`,
    "",
  ].join("\n");
}

/** PostgreSQL takes a key that nobody else may read. */
async function placeCertificate(programs: PostgresPrograms, dataDir: string): Promise<void> {
  const key = join(dataDir, "server.key");
  await copyFile(postgresCertificateFile, join(dataDir, "server.crt"));
  await copyFile(join(certificates, "first.key.pem"), key);
  await chmod(key, 0o600);
  giveTo(programs, key);
}

function giveTo({ account }: PostgresPrograms, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}
