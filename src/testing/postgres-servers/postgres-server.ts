/**
 * A PostgreSQL server of a test: made, started, stopped, killed and removed. Its address stays the same for its whole
 * life. Standbys and failover are replicated-postgres.ts.
 */
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { assert } from "../../base/index.ts";
import {
  type Cluster,
  initialise,
  logTail,
  makeCluster,
  type PostgresOptions,
  removeCluster,
} from "./cluster.ts";
import type { PostgresPrograms } from "./find-postgres.ts";
import { freePort } from "./free-port.ts";
import { type Guardian, startGuardian } from "./guardian.ts";
import { type ServerProcess, type ServerStart, startServerProcess, type StopMode } from "./server-process.ts";

export interface PostgresLogin {
  /** Absent: postgres, who may everything. */
  readonly user?: string;
  readonly password?: string;
  /** Absent: postgres. */
  readonly database?: string;
}

export type SqlRow = Readonly<Record<string, unknown>>;

export interface PostgresServer extends AsyncDisposable {
  /** As standbys call themselves to their primary. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Of the server's main process; undefined while it does not run. */
  readonly pid: number | undefined;
  readonly running: boolean;
  url(login?: PostgresLogin): string;
  /** Again, at the same address. */
  start(): Promise<void>;
  /** Absent: "fast". Nothing happens when it does not run. */
  stop(mode?: StopMode): Promise<void>;
  /** All its processes at once, as a machine dying; but the kernel says goodbye for their connections (see tcp-proxy.ts). */
  kill(): Promise<void>;
  /** It ends its processes at once and recovers at the next start. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  /** The end of what it wrote, all runs together. */
  log(lines?: number): string;
  /** One statement on a session of its own, as postgres, in the database postgres; works whatever the logins are. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly SqlRow[]>;
}

const host = "127.0.0.1";
const sqlMsMax = 30_000;
const portTriesMax = 5;

export async function startPostgres(
  programs: PostgresPrograms,
  options: PostgresOptions = {},
): Promise<PostgresServer> {
  const { server } = await makeServer(programs, "n1", (cluster) => initialise(cluster, options));
  if (options.passwordRole === undefined) return server;
  await using made = new AsyncDisposableStack();
  made.use(server);
  const role = escapeIdentifier(options.passwordRole.name);
  const password = escapeLiteral(options.passwordRole.password);
  await server.sql(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD ${password}`);
  await server.sql(`GRANT CREATE ON DATABASE postgres TO ${role}`);
  made.move();
  return server;
}

export interface MadeServer {
  readonly server: PostgresServer;
  readonly cluster: Cluster;
}

/** `fill` makes the data folder. Leaves nothing behind when it rejects. */
export async function makeServer(
  programs: PostgresPrograms,
  name: string,
  fill: (cluster: Cluster) => Promise<void>,
): Promise<MadeServer> {
  const cluster = makeCluster(programs);
  const guardian = startGuardian(cluster.folder);
  try {
    await fill(cluster);
    const [start, first] = await firstStart({ cluster, name, onPid: (pid) => guardian.watch(pid) });
    return { cluster, server: serverOver({ start, first, guardian }) };
  } catch (error: unknown) {
    removeCluster(cluster);
    await guardian.release();
    throw error;
  }
}

/** Between finding a free port and listening on it another process may have taken it. */
async function firstStart(
  anywhere: Omit<ServerStart, "port">,
): Promise<readonly [ServerStart, ServerProcess]> {
  for (let attempt = 1; ; attempt++) {
    const start = { ...anywhere, port: await freePort() };
    try {
      return [start, await startServerProcess(start)];
    } catch (error: unknown) {
      const isTaken = logTail(start.cluster, 20).includes("Address already in use");
      if (!isTaken || attempt === portTriesMax) throw error;
    }
  }
}

interface ServerParts {
  readonly start: ServerStart;
  readonly first: ServerProcess;
  readonly guardian: Guardian;
}

function serverOver({ start, first, guardian }: ServerParts): PostgresServer {
  const { cluster, port, name } = start;
  let current = first;
  /** The last start, which dispose waits for. */
  let starting = Promise.resolve(first);
  let disposed = false;
  const server: PostgresServer = {
    name,
    host,
    port,
    dataDir: cluster.dataDir,
    get pid() {
      return current.running() ? current.pid : undefined;
    },
    get running() {
      return current.running();
    },
    url: (login) => loginUrl(port, login),
    start: async () => {
      assert(!disposed && !current.running(), "a server starts that is there and does not run");
      starting = startServerProcess(start);
      current = await starting;
    },
    stop: (mode = "fast") => current.stop(mode),
    kill: () => current.kill(),
    crash: () => current.stop("immediate"),
    restart: async () => {
      await server.stop();
      await server.start();
    },
    log: (lines = 50) => logTail(cluster, lines),
    sql: (text, values) => askOnce({ host: cluster.folder, port }, text, values),
    [Symbol.asyncDispose]: async () => {
      if (disposed) return;
      disposed = true;
      const [last] = await Promise.allSettled([starting]);
      if (last.status === "fulfilled") await last.value.kill();
      removeCluster(cluster);
      await guardian.release();
    },
  };
  return server;
}

function loginUrl(port: number, { user, password, database }: PostgresLogin = {}): string {
  const url = new URL(`postgres://${host}:${port}`);
  url.username = encodeURIComponent(user ?? "postgres");
  url.password = encodeURIComponent(password ?? "");
  url.pathname = encodeURIComponent(database ?? "postgres");
  return url.href;
}

/** Over the socket in the server's folder, which asks for neither TLS nor a password, whatever the network needs. */
async function askOnce(
  address: { readonly host: string; readonly port: number },
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly SqlRow[]> {
  const client = new Client({
    ...address,
    user: "postgres",
    database: "postgres",
    ssl: false,
    connectionTimeoutMillis: sqlMsMax,
    query_timeout: sqlMsMax,
  });
  // A session that ends while nothing is asked has nobody else to tell.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
