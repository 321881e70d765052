/**
 * Two built servers as processes of their own over one replicated PostgreSQL. Each reaches the database's nodes through
 * proxies of its own, so that the network between one of them and the database, or between both and it, can be cut.
 */
import { watchMemory } from "../../bench/memory-watch.ts";
import { builtServerCommand, type ServerProcess, startServerProcess } from "../../bench/server-process.ts";
import type { PostgresPrograms } from "../../src/testing/postgres-servers/find-postgres.ts";
import {
  type ReplicatedPostgres,
  startReplicated,
} from "../../src/testing/postgres-servers/replicated-postgres.ts";
import {
  type CutDirection,
  startTcpProxy,
  type TcpProxy,
} from "../../src/testing/postgres-servers/tcp-proxy.ts";

/** Eventually consistent reads are never older. Short, so that the policy is met in every round. */
export const stalenessMsMax = 1000;

export interface ServerPair extends AsyncDisposable {
  readonly postgres: ReplicatedPostgres;
  readonly servers: readonly PairedServer[];
  /** Of the nodes themselves, with no proxy between. */
  readonly storeUrl: string;
}

/** The same server in all its runs. */
export interface PairedServer extends AsyncDisposable {
  readonly name: string;
  /** Of its last run, also when that is over. */
  readonly endpoint: string;
  /** The most resident memory since the last call, in MiB; undefined where it cannot be read. */
  peakMiB(): number | undefined;
  /** What its last run has printed. */
  output(): string;
  /** How its last run has ended; undefined while it runs. */
  exited(): string | undefined;
  cut(direction: CutDirection): void;
  restore(): void;
  /** Ends what was cut; new connections are as before. */
  reset(): void;
  kill(): Promise<void>;
  /** As an operator does. */
  stop(): Promise<void>;
  /** Again. */
  start(): Promise<void>;
}

export async function startServerPair(programs: PostgresPrograms): Promise<ServerPair> {
  await using made = new AsyncDisposableStack();
  const postgres = made.use(await startReplicated(programs, { durable: false }));
  // One after the other: the first one makes the store.
  const servers: PairedServer[] = [];
  for (const plan of [
    { name: "one thread", options: ["--routers", "0", "--eventual-reads", "random"] },
    { name: "two routers", options: ["--routers", "2", "--eventual-reads", "nearest"] },
  ]) {
    servers.push(made.use(await startPaired(postgres, plan)));
  }
  const all = made.move();
  return {
    postgres,
    servers,
    storeUrl: postgres.url(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

interface ServerPlan {
  readonly name: string;
  readonly options: readonly string[];
}

async function startPaired(
  postgres: ReplicatedPostgres,
  { name, options }: ServerPlan,
): Promise<PairedServer> {
  await using made = new AsyncDisposableStack();
  const proxies: TcpProxy[] = [];
  for (const target of postgres.hosts) proxies.push(made.use(await startTcpProxy({ target })));
  const hosts = proxies.map(({ host, port }) => `${host}:${port}`).join(",");
  const staleness = ["--eventual-staleness-ms", String(stalenessMsMax)];
  const store = ["--store", `postgres://postgres@${hosts}/postgres`, ...staleness];
  const command = builtServerCommand([...store, ...options]);
  const run = async (): Promise<{
    readonly server: ServerProcess;
    readonly memory: ReturnType<typeof watchMemory>;
  }> => {
    const server = await startServerProcess(command);
    return { server, memory: watchMemory(server.pid) };
  };
  let current = await run();
  made.defer(() => end((server) => server.kill()));
  async function end(how: (server: ServerProcess) => Promise<void>): Promise<void> {
    current.memory.close();
    await how(current.server);
  }
  const all = made.move();
  return {
    name,
    get endpoint() {
      return current.server.endpoint;
    },
    peakMiB: () => current.memory.peakMiB(),
    output: () => current.server.output(),
    exited: () => current.server.exited(),
    cut: (direction) => proxies.forEach((proxy) => proxy.cut(direction)),
    restore: () => proxies.forEach((proxy) => proxy.restore()),
    reset: () => {
      for (const proxy of proxies) {
        proxy.reset();
        proxy.restore();
      }
    },
    kill: () => end((server) => server.kill()),
    stop: () => end((server) => server.stop()),
    start: async () => {
      current = await run();
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
