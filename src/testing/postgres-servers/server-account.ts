/**
 * Who runs PostgreSQL. It refuses to run as root, and tests in a container usually are root: then the programs are
 * started as a system user of their own, which is made once and stays. Anybody else runs them as themselves.
 */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import process from "node:process";

export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

export type AccountOutcome =
  /** The programs may run as whoever runs the tests. */
  | { readonly kind: "own" }
  | { readonly kind: "other"; readonly account: ServerAccount }
  | { readonly kind: "none"; readonly reason: string };

const userName = "statorpg";

export function serverAccount(): AccountOutcome {
  if (process.getuid?.() !== 0) return { kind: "own" };
  const made = lookUp() ?? create();
  if (typeof made !== "string") return { kind: "other", account: made };
  return {
    kind: "none",
    reason: `PostgreSQL refuses root, and the user ${userName} cannot be made: ${made}`,
  };
}

/** Two processes may do this at once: whoever comes second finds the user the first one made. */
function create(): ServerAccount | string {
  const { status, error, stderr } = administer("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/usr/sbin/nologin",
    userName,
  ]);
  return lookUp() ?? (error?.message ?? `useradd ended with ${status}: ${stderr}`).trim();
}

function lookUp(): ServerAccount | undefined {
  const [uid, gid] = ["-u", "-g"].map((which) => administer("id", [which, userName]));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function administer(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin:/usr/bin:/bin`;
  return spawnSync(command, args, { encoding: "utf8", timeout: 10_000, env: { PATH } });
}
