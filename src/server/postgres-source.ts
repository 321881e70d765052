/** From what people say about a PostgreSQL store to what a server needs to know. Reads files; connects to nothing. */
import { readFile } from "node:fs/promises";
import type { PostgresTls, ReplicaPolicy } from "../storage/postgres/index.ts";
import { StorageError } from "../storage/contract/index.ts";
import type { PostgresStorage } from "./postgres-storage.ts";

export interface PostgresSource {
  readonly url: string;
  readonly passwordFile?: string | undefined;
  /** Counts where neither the URL nor a file has one. */
  readonly environmentPassword?: string | undefined;
  readonly eventualReads?: ReplicaPolicy | undefined;
  readonly eventualStalenessMs?: number | undefined;
  readonly connectionsMax?: number | undefined;
  readonly create: boolean;
}

export type PostgresSourceOutcome =
  | { readonly kind: "loaded"; readonly storage: PostgresStorage }
  /** One line for a person, without secrets. */
  | { readonly kind: "failed"; readonly message: string };

export async function loadPostgresStorage(source: PostgresSource): Promise<PostgresSourceOutcome> {
  const { checkPg, describeAddress, parsePostgresUrl, readPassword } =
    await import("../storage/postgres/index.ts");
  const { passwordFile, environmentPassword, eventualStalenessMs, connectionsMax } = source;
  const parsed = parsePostgresUrl(source.url, {
    ...(passwordFile === undefined ? {} : { passwordFile }),
    ...(environmentPassword === undefined ? {} : { password: environmentPassword }),
  });
  if (parsed.kind === "refused") return { kind: "failed", message: `the store's URL ${parsed.reason}` };
  const { password, tls: files, ...place } = parsed.url;
  try {
    const tls = await loadTlsFiles(files);
    // Read at each login; a file that is not there is told before anything else begins.
    await readPassword(password);
    // So is a client that is not installed: a login that fails is taken for the database's fault.
    await checkPg();
    return {
      kind: "loaded",
      storage: {
        kind: "postgres",
        store: {
          name: describeAddress(place),
          address: { ...place, tls },
          password,
          replicas: source.eventualReads ?? "nearest",
          ...(connectionsMax === undefined ? {} : { connectionsMax }),
          ...(eventualStalenessMs === undefined ? {} : { limits: { staleMsMax: eventualStalenessMs } }),
        },
        create: source.create,
      },
    };
  } catch (error: unknown) {
    if (error instanceof StorageError) return { kind: "failed", message: error.message };
    throw error;
  }
}

interface TlsFileNames extends Pick<PostgresTls, "mode"> {
  readonly certificateAuthorityFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
}

/** Rejects with a StorageError that names the file. */
async function loadTlsFiles({
  mode,
  certificateAuthorityFile,
  certificateFile,
  keyFile,
}: TlsFileNames): Promise<PostgresTls> {
  const [certificateAuthority, certificate, key] = await Promise.all([
    loadPem("sslrootcert", certificateAuthorityFile),
    loadPem("sslcert", certificateFile),
    loadPem("sslkey", keyFile),
  ]);
  return {
    mode,
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

async function loadPem(parameter: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : "unreadable";
    throw new StorageError("unavailable", `cannot read the file of ${parameter}: ${reason}`);
  }
  if (text.includes("-----BEGIN ")) return text;
  throw new StorageError("unavailable", `the file of ${parameter}, ${path}, is not in the PEM format`);
}
