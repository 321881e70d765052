/** What the volume benchmark runs on: a PostgreSQL server, its own or one that is there, and the built server on it. */
import { totalmem } from "node:os";
import { findPostgres } from "../../src/testing/postgres-servers/find-postgres.ts";
import { startPostgres } from "../../src/testing/postgres-servers/postgres-server.ts";
import { builtServerCommand, type ServerProcess, startServerProcess } from "../server-process.ts";

/** As docs/deploy/postgresql.md advises: a quarter of the memory, and checkpoints that are far apart. */
const settings = {
  shared_buffers: `${Math.floor(totalmem() / 4 / 2 ** 20)}MB`,
  max_wal_size: "8GB",
  checkpoint_timeout: "15min",
  max_connections: "200",
};

export interface VolumeServer {
  readonly server: ServerProcess;
  /** Of the PostgreSQL server's main process; undefined for one that was there before. */
  readonly databasePid: number | undefined;
  readonly storeUrl: string;
}

/** Both are stopped, and a database server of our own is removed, with the stack. */
export async function startVolumeServer(
  stack: AsyncDisposableStack,
  givenUrl: string | undefined,
): Promise<VolumeServer> {
  const { storeUrl, databasePid } = givenUrl === undefined ? await ownDatabase(stack) : given(givenUrl);
  const server = await startServerProcess(builtServerCommand(["--store", storeUrl]));
  stack.defer(() => server.stop());
  return { server, databasePid, storeUrl };
}

function given(storeUrl: string): Omit<VolumeServer, "server"> {
  return { storeUrl, databasePid: undefined };
}

async function ownDatabase(stack: AsyncDisposableStack): Promise<Omit<VolumeServer, "server">> {
  const found = findPostgres();
  if (found.kind === "missing") throw new Error(`no programs of a PostgreSQL server: ${found.reason}`);
  const database = stack.use(await startPostgres(found.programs, { durable: true, settings }));
  return { storeUrl: database.url(), databasePid: database.pid };
}
