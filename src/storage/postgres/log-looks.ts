/**
 * What a process knows of the ends of log shards, from its own commits and from looking for those of others. Looking
 * costs one statement: a shard remembers which group under its head has changed it last.
 */
import { monotonicMs } from "../../base/index.ts";
import { signalledShardsMax, type ShardId } from "../contract/index.ts";
import type { PostgresResult, PostgresSession } from "./driver.ts";
import type { GroupNews } from "./group.ts";
import type { Head, HeadMap } from "./heads.ts";
import { beforeAnyGroup, type Layout } from "./layout.ts";
import { RepeatedWork } from "./repeated-work.ts";
import type { SharedSessions } from "./session-pools.ts";
import { sql } from "./statements.ts";
import type { ServerOf } from "./store-memory.ts";
import { arrayText, booleanOf, numberOf } from "./wire-values.ts";

export interface LogLooksOptions {
  readonly map: HeadMap;
  readonly layout: Layout;
  readonly reads: SharedSessions;
  readonly serverOf: ServerOf;
  readonly onGrown: (shards: readonly ShardId[]) => void;
  /** A look has succeeded that was asked for at this moment; monotonic. */
  readonly onLooked: (askedMs: number) => void;
}

interface ShardEnd {
  readonly last: number;
  readonly closed: boolean;
}

export class LogLooks {
  readonly #options: LogLooksOptions;
  /** Number of the last group under each head whose shards were looked at. */
  readonly #seenGroups = new Map<Head, number>();
  readonly #signals: number[] = Array.from({ length: signalledShardsMax }, () => 0);
  /** Numbers of one server's history mean nothing in another's: those of the later are all greater. */
  #signalBase = 0;
  #server: string | undefined;
  readonly #looking = new RepeatedWork(() => this.#look());

  constructor(options: LogLooksOptions) {
    this.#options = options;
  }

  /** Grows with every change of the shard. */
  signal(shard: ShardId): number {
    return this.#signalBase + (this.#signals[shard] ?? 0);
  }

  /** Of the first shards, in the numbers of `signalOf`; and the server they are of. */
  get seen(): { readonly signals: readonly number[]; readonly server: string } {
    return { signals: this.#signals, server: this.#server ?? "" };
  }

  /** After a commit of this process. */
  committed({ heads, grown }: GroupNews): void {
    for (const { head, n } of heads) {
      // Nobody came between, so there is nothing under this head to look for.
      if (this.#seenGroups.get(head) === n - 1) this.#seenGroups.set(head, n);
    }
    for (const [shard, end] of grown) this.#raise(shard, end);
  }

  /** Looks which shards have changed since the last look. */
  look(): Promise<void> {
    return this.#looking.run();
  }

  async #look(): Promise<void> {
    const askedMs = monotonicMs();
    await this.#options.reads.use((session) => this.#lookOnce(session));
    this.#options.onLooked(askedMs);
  }

  async #lookOnce(session: PostgresSession): Promise<void> {
    const server = this.#options.serverOf(session);
    if (this.#server === undefined) {
      // Nobody has asked for anything yet but what has signals.
      this.#sawHeads(await session.query(sql.readHeads));
      const parameters = [arrayText(this.#options.map.all), signalledShardsMax];
      const { rows } = await session.query(sql.firstShards, parameters);
      for (const [shard, last, closed] of rows) this.#raise(numberOf(shard), endOf(last, closed));
      this.#server = server;
      return;
    }
    if (server !== this.#server) await this.#beginAnew(session, server);
    const { rows, heads } = await this.#options.layout.changedShards(session, this.#seenGroups);
    const grown: ShardId[] = [];
    for (const [head, shard, last, closed, changed] of rows) {
      this.#sawGroup(numberOf(head), numberOf(changed));
      this.#raise(numberOf(shard), endOf(last, closed));
      grown.push(numberOf(shard));
    }
    for (const [head, n] of heads) this.#sawGroup(head, n);
    if (grown.length > 0) this.#options.onGrown(grown);
  }

  /** Another server, or the same after a restart: every shard is taken for changed. */
  async #beginAnew(session: PostgresSession, server: string): Promise<void> {
    const heads = await session.query(sql.readHeads);
    this.#signalBase += Math.max(...this.#signals) + 1;
    this.#signals.fill(0);
    for (const [head] of heads.rows) this.#seenGroups.set(numberOf(head), beforeAnyGroup);
    this.#server = server;
  }

  #sawHeads({ rows }: PostgresResult): void {
    for (const [head, n] of rows) this.#seenGroups.set(numberOf(head), numberOf(n));
  }

  #sawGroup(head: Head, n: number): void {
    this.#seenGroups.set(head, Math.max(this.#seenGroups.get(head) ?? beforeAnyGroup, n));
  }

  #raise(shard: ShardId, end: ShardEnd): void {
    if (shard >= signalledShardsMax) return;
    this.#signals[shard] = Math.max(this.#signals[shard] ?? 0, signalOf(end));
  }
}

/** A number that is greater after every change. */
export function signalOf({ last, closed }: ShardEnd): number {
  return last * 2 + (closed ? 1 : 0);
}

function endOf(last: string | null | undefined, closed: string | null | undefined): ShardEnd {
  return { last: numberOf(last), closed: booleanOf(closed) };
}
