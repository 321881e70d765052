/**
 * A primary with streaming standbys and a quorum, and what an operator (or Patroni) does when the primary dies: make
 * sure that it is dead, promote the standby that has most, let the others follow it, bring the old one back. Nobody
 * does this by itself here: tests say when. A node is killed, stopped and started by its own methods.
 */
import { assert } from "../../base/index.ts";
import {
  type Cluster,
  copyFrom,
  followWhenStarted,
  forgetToFollow,
  initialise,
  type PostgresOptions,
  rewindTo,
} from "./cluster.ts";
import type { PostgresPrograms } from "./find-postgres.ts";
import { type MadeServer, makeServer, type PostgresLogin, type PostgresServer } from "./postgres-server.ts";
import {
  receivedBytes,
  setSetting,
  untilPaused,
  untilReplayed,
  untilStreaming,
  untilUnfed,
} from "./replication-state.ts";

/** How many standbys must have a commit on their disks before it is answered: any of them, or the first in order. */
export type Quorum = `${"ANY" | "FIRST"} ${number}` | "none";

export interface ReplicatedOptions extends PostgresOptions {
  /** Absent: 2. */
  readonly standbys?: number;
  /** Absent: "ANY 1". */
  readonly quorum?: Quorum;
}

export interface ReplicatedPostgres extends AsyncDisposable {
  /** In the order they were made, whatever they are now. */
  readonly nodes: readonly PostgresServer[];
  readonly primary: PostgresServer;
  /** Those that follow the primary, or will when they are started. */
  readonly standbys: readonly PostgresServer[];
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Of all nodes, for clients that look for the primary themselves. */
  url(login?: PostgresLogin): string;
  /**
   * Kills the primary if it still runs, and makes the running standby that has received most the primary. Refuses
   * when an acknowledged commit may be on a standby that does not run, unless that is accepted. Nodes that do not run
   * are standbys no more: they may have what the new primary has not, and need `rejoin`.
   */
  promote(options?: { readonly mayLose?: boolean }): Promise<PostgresServer>;
  /** Makes a node that does not run a standby of the primary: by pg_rewind, or by a new copy where that fails. */
  rejoin(node: PostgresServer): Promise<"rewound" | "copied">;
  /** The standby goes on receiving and shows nothing of it, so that reads from it grow old. */
  pauseReplay(node: PostgresServer): Promise<void>;
  resumeReplay(node: PostgresServer): Promise<void>;
  /** Resolves when all running standbys show what the primary shows now. */
  caughtUp(): Promise<void>;
}

export async function startReplicated(
  programs: PostgresPrograms,
  options: ReplicatedOptions = {},
): Promise<ReplicatedPostgres> {
  assert(programs.canReplicate, "replication needs pg_basebackup and pg_rewind");
  await using made = new AsyncDisposableStack();
  const first = await makeServer(programs, "n1", (cluster) => initialise(cluster, options));
  made.use(first.server);
  const names = Array.from({ length: options.standbys ?? 2 }, (_, index) => `n${index + 2}`);
  const copies = await Promise.allSettled(names.map((name) => makeStandby(programs, name, first.server)));
  for (const copy of copies) if (copy.status === "fulfilled") made.use(copy.value.server);
  const members = [first];
  for (const copy of copies) {
    if (copy.status === "rejected") throw copy.reason;
    members.push(copy.value);
  }
  const set = new ReplicatedSet(members, options.quorum ?? "ANY 1");
  await set.useQuorum();
  made.move();
  return set;
}

function makeStandby(programs: PostgresPrograms, name: string, primary: PostgresServer): Promise<MadeServer> {
  return makeServer(programs, name, async (cluster) => {
    await copyFrom(cluster, sourceOf(primary, name));
    await followWhenStarted(cluster, sourceOf(primary, name));
  });
}

/** As libpq takes it. */
function sourceOf({ host, port }: PostgresServer, follower: string): string {
  return `host=${host} port=${port} user=postgres dbname=postgres application_name=${follower}`;
}

class ReplicatedSet implements ReplicatedPostgres {
  readonly nodes: readonly PostgresServer[];
  readonly #clusters: ReadonlyMap<PostgresServer, Cluster>;
  readonly #quorum: Quorum;
  #primary: PostgresServer;
  #standbys: readonly PostgresServer[];

  constructor(members: readonly MadeServer[], quorum: Quorum) {
    const [primary, ...standbys] = members.map((member) => member.server);
    assert(primary !== undefined, "there is a primary");
    this.nodes = [primary, ...standbys];
    this.#clusters = new Map(members.map((member) => [member.server, member.cluster]));
    this.#quorum = quorum;
    this.#primary = primary;
    this.#standbys = standbys;
  }

  get primary(): PostgresServer {
    return this.#primary;
  }

  get standbys(): readonly PostgresServer[] {
    return this.#standbys;
  }

  get hosts(): ReplicatedPostgres["hosts"] {
    return this.nodes.map(({ host, port }) => ({ host, port }));
  }

  url(login?: PostgresLogin): string {
    const one = this.#primary;
    const all = this.nodes.map(({ host, port }) => `${host}:${port}`);
    return one.url(login).replace(`${one.host}:${one.port}`, all.join(","));
  }

  /** Once the standbys stream: a quorum that nobody fills would stop the primary. */
  async useQuorum(): Promise<void> {
    await untilStreaming(this.#primary, this.#running());
    await setSetting(this.#primary, "synchronous_standby_names", this.#quorumOf(this.#standbys));
  }

  async promote({ mayLose = false }: { readonly mayLose?: boolean } = {}): Promise<PostgresServer> {
    const candidates = this.#running();
    const needed = mayLose ? 1 : this.#neededToPromote();
    assert(
      candidates.length >= needed,
      `${needed} of ${this.#standbys.length} standbys must run, or acknowledged commits may be lost`,
    );
    await this.#fence(this.#primary);
    await Promise.all(candidates.map(untilUnfed));
    const chosen = await mostReceived(candidates);
    const others = candidates.filter((node) => node !== chosen);
    // Before it takes writes: none may be acknowledged by fewer than the quorum, and none may wait for the dead.
    await setSetting(chosen, "synchronous_standby_names", this.#quorumOf(others));
    await chosen.sql("SELECT pg_wal_replay_resume()");
    const promoted = await chosen.sql("SELECT pg_promote(true, 60) AS done");
    assert(promoted[0]?.["done"] === true, `${chosen.name} is promoted`);
    this.#primary = chosen;
    this.#standbys = others;
    await Promise.all(
      others.map((node) => setSetting(node, "primary_conninfo", sourceOf(chosen, node.name))),
    );
    await untilStreaming(chosen, others);
    return chosen;
  }

  async rejoin(node: PostgresServer): Promise<"rewound" | "copied"> {
    assert(node !== this.#primary && !this.#standbys.includes(node), `${node.name} is out of the set`);
    assert(!node.running, `${node.name} does not run`);
    const cluster = this.#clusterOf(node);
    const how = await repair(cluster, this.#primary, node.name);
    await followWhenStarted(cluster, sourceOf(this.#primary, node.name));
    await node.start();
    this.#standbys = [...this.#standbys, node];
    await this.useQuorum();
    return how;
  }

  async pauseReplay(node: PostgresServer): Promise<void> {
    await node.sql("SELECT pg_wal_replay_pause()");
    await untilPaused(node);
  }

  async resumeReplay(node: PostgresServer): Promise<void> {
    await node.sql("SELECT pg_wal_replay_resume()");
  }

  async caughtUp(): Promise<void> {
    const written = await this.#primary.sql("SELECT pg_current_wal_lsn()::text AS lsn");
    const lsn = String(written[0]?.["lsn"]);
    await Promise.all(this.#running().map((node) => untilReplayed(node, lsn)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }

  #running(): readonly PostgresServer[] {
    return this.#standbys.filter((node) => node.running);
  }

  /** Should anybody start it again, it comes as a standby of nobody and takes no writes. */
  async #fence(node: PostgresServer): Promise<void> {
    await node.kill();
    await followWhenStarted(this.#clusterOf(node), "");
  }

  #quorumOf(standbys: readonly PostgresServer[]): string {
    if (this.#quorum === "none" || standbys.length === 0) return "";
    const [method, count] = this.#quorum.split(" ");
    const names = standbys.map((node) => node.name).join(", ");
    return `${method} ${Math.min(Number(count), standbys.length)} (${names})`;
  }

  /** So many that one of them is among whichever standbys have acknowledged a commit. */
  #neededToPromote(): number {
    const all = this.#standbys.length;
    const [method, count] = this.#quorum.split(" ");
    if (method === "none") return 1;
    // Who is first depends on who was there at the time.
    return method === "FIRST" ? all : all - Math.min(Number(count), all) + 1;
  }

  #clusterOf(node: PostgresServer): Cluster {
    const cluster = this.#clusters.get(node);
    assert(cluster !== undefined, `${node.name} is one of the nodes`);
    return cluster;
  }
}

async function mostReceived(nodes: readonly PostgresServer[]): Promise<PostgresServer> {
  const received = await Promise.all(nodes.map(async (node) => ({ node, bytes: await receivedBytes(node) })));
  return received.reduce((most, next) => (next.bytes > most.bytes ? next : most)).node;
}

async function repair(
  cluster: Cluster,
  primary: PostgresServer,
  name: string,
): Promise<"rewound" | "copied"> {
  // pg_rewind reads the primary's timeline from its last checkpoint, which may be older than its promotion.
  await primary.sql("CHECKPOINT");
  forgetToFollow(cluster);
  try {
    await rewindTo(cluster, sourceOf(primary, name));
    return "rewound";
  } catch {
    // Too much was written since, or the folder is damaged: whatever it is, a copy needs nothing of the old files.
    await copyFrom(cluster, sourceOf(primary, name));
    return "copied";
  }
}
