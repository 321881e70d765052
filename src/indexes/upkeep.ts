/**
 * Keeps the indexes of all tables in step: has a consumer of the change log run for each, fills those that were added
 * to live tables, and tells the catalog when one is complete. Since it trims the log behind them, it knows of captures,
 * too, for which changes are kept. One per server; beside it every thread may read.
 */
import { assert, type Clock, type Random, type TurnPacer } from "../base/index.ts";
import {
  captureReader,
  type Catalog,
  type DerivedIndex,
  derivedIndexes,
  fedIndexes,
  indexConsumerId,
  type TableDescription,
} from "../catalog/index.ts";
import {
  type Consumer,
  type ConsumerLag,
  type ConsumerRunner,
  createConsumerRunner,
  type LogReader,
} from "../changes/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { BackfillRuns } from "./backfill-runs.ts";
import { indexConsumers } from "./index-consumer.ts";
import { type IndexLags, lagOf } from "./index-lag.ts";
import type { BuiltIndex } from "./index-shape.ts";

export interface IndexUpkeepOptions {
  readonly engine: Engine;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly pacer: TurnPacer;
  readonly lags: IndexLags;
  /** Also look for work by the clock; false in a user's process, where no timer runs. */
  readonly poll: boolean;
  /** Told when something begins to fail, and not again before it has succeeded. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Of a server. Each commit of the consumers is in the way of the writes; some milliseconds of changes in one commit are
 * hardly more in the way than one change.
 */
const gatherMs = 8;

/**
 * For so long the indexes that a server has kept stay as they are after it died and another one lives: cursors are
 * safe without leases, which only keep servers from doing each other's work.
 */
const sharedLeaseMs = 5000;

/** An index of a table, by the names people use. */
export interface IndexName {
  readonly table: TableDescription;
  readonly indexName: string;
}

export class IndexUpkeep {
  readonly #options: IndexUpkeepOptions;
  readonly #runner: ConsumerRunner;
  readonly #backfills: BackfillRuns;
  /** Keyspaces of indexes that are held up. */
  readonly #paused = new Set<number>();
  readonly #consumers = new WeakMap<TableDescription, readonly Consumer[]>();
  /** Of the catalog when consumers were listed last. */
  #seen: number | undefined;
  /** When time alone lets a backfill begin. */
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: IndexUpkeepOptions) {
    this.#options = options;
    const { engine, catalog, clock, pacer, random, poll, onFailure } = options;
    this.#runner = createConsumerRunner({
      engine,
      clock,
      pacer,
      random,
      poll,
      gatherMs: poll ? gatherMs : 0,
      ...(engine.capabilities.multiProcess ? { leaseMs: sharedLeaseMs } : {}),
      listConsumers: async () => {
        await catalog.catchUp();
        return this.#list();
      },
      listReaders: () => this.#listReaders(),
      onFailure: (_consumer, error) => onFailure(error),
    });
    const isPaused = (keyspace: number): boolean => this.#paused.has(keyspace);
    const runner = this.#runner;
    this.#backfills = new BackfillRuns({
      engine,
      catalog,
      clock,
      pacer,
      random,
      runner,
      isPaused,
      onFailure,
    });
  }

  /** Takes in what tables there are now. Cheap when nothing has changed. */
  refresh(): void {
    const { catalog, clock } = this.#options;
    if (catalog.changeCount === this.#seen && clock.nowMs() < this.#dueMs) return;
    this.#runner.setConsumers(this.#list(), this.#listReaders());
  }

  /** Whether everything that was committed by now is in the indexes, as far as is known here without reading. */
  isSettled(): boolean {
    const { catalog, clock } = this.#options;
    return (
      catalog.changeCount === this.#seen &&
      clock.nowMs() < this.#dueMs &&
      this.#promptBehind().length === 0 &&
      this.#backfills.isIdle()
    );
  }

  /**
   * Resolves when all indexes hold what was committed before the call, those being filled included; paused ones and
   * those with a lag of their own are left out.
   */
  async settle(): Promise<void> {
    this.refresh();
    while (!this.#backfills.isIdle()) await this.#backfills.wait();
    await this.#runner.drain(this.#promptBehind());
    await this.trim();
  }

  /** Resolves when the indexes hold what was committed before the call, whatever their lag. Not for paused ones. */
  async caughtUp(wanted: (index: IndexName) => boolean = () => true): Promise<void> {
    this.refresh();
    await this.#runner.drain(this.#ids(wanted));
  }

  /** Changes stay in the log until `resume`. */
  async pause(name: IndexName): Promise<void> {
    const { keyspace } = indexOf(name);
    this.#paused.add(keyspace);
    await this.#runner.pause(indexConsumerId(keyspace));
  }

  resume(name: IndexName): void {
    const { keyspace } = indexOf(name);
    this.#paused.delete(keyspace);
    this.#runner.resume(indexConsumerId(keyspace));
    // A backfill may have ended without its consumer.
    this.#seen = undefined;
    this.refresh();
  }

  /** How far each index is behind. */
  async lag(): Promise<readonly (IndexName & ConsumerLag)[]> {
    this.refresh();
    const names = new Map(this.#all().map((index) => [consumerIdOf(index), index]));
    return (await this.#runner.lag()).flatMap((figures) => {
      const name = names.get(figures.id);
      return name === undefined ? [] : [{ ...name, ...figures }];
    });
  }

  /** Gives back the space of what every index has applied and every capture has read. */
  async trim(): Promise<void> {
    await this.#runner.trim();
  }

  async stop(): Promise<void> {
    await this.#backfills.stop();
    await this.#runner.stop();
  }

  #list(): readonly Consumer[] {
    const { catalog, clock } = this.#options;
    const nowMs = clock.nowMs();
    const tables = catalog.tables();
    this.#seen = catalog.changeCount;
    this.#dueMs = Number.POSITIVE_INFINITY;
    return tables.flatMap((table) => {
      if (table.status === "DELETING") return [];
      for (const index of fedIndexes(table)) this.#considerBackfill(table, index, nowMs);
      return this.#consumersOf(table);
    });
  }

  /** What captures have not read is kept. */
  #listReaders(): readonly LogReader[] {
    return this.#options.catalog
      .tables()
      .filter(({ status }) => status !== "DELETING")
      .flatMap((table) => (table.captures ?? []).map((capture) => captureReader(table, capture)));
  }

  /** The same objects as long as the table's description is the same. */
  #consumersOf(table: TableDescription): readonly Consumer[] {
    let consumers = this.#consumers.get(table);
    if (consumers === undefined) {
      consumers = indexConsumers(table, (name) => this.#delayMs(table, name));
      this.#consumers.set(table, consumers);
    }
    return consumers;
  }

  /** Ids of consumers that have something to do, but for those with a lag of their own. */
  #promptBehind(): readonly string[] {
    const behind = this.#runner.behind();
    if (behind.length === 0) return behind;
    const prompt = new Set(this.#ids((index) => this.#isPrompt(index)));
    return behind.filter((id) => prompt.has(id));
  }

  #isPrompt({ table, indexName }: IndexName): boolean {
    return this.#lag(table, indexName) === "none";
  }

  #considerBackfill(table: TableDescription, index: BuiltIndex, nowMs: number): void {
    if (index.status !== "CREATING" || index.backfill === undefined) return;
    const { allocatedMs } = index.backfill;
    if (nowMs < allocatedMs) this.#dueMs = Math.min(this.#dueMs, allocatedMs);
    else this.#backfills.start({ table, index });
  }

  #lag(table: TableDescription, indexName: string): ReturnType<typeof lagOf> {
    return lagOf(this.#options.lags, table.name, indexName);
  }

  #delayMs(table: TableDescription, indexName: string): number {
    const lag = this.#lag(table, indexName);
    return typeof lag === "number" ? lag : 0;
  }

  #ids(wanted: (index: IndexName) => boolean): readonly string[] {
    return this.#all().filter(wanted).map(consumerIdOf);
  }

  /** Every index that has a consumer. */
  #all(): readonly IndexName[] {
    return this.#options.catalog
      .tables()
      .filter(({ status }) => status !== "DELETING")
      .flatMap((table) => fedIndexes(table).map(({ name }) => ({ table, indexName: name })));
  }
}

function indexOf({ table, indexName }: IndexName): DerivedIndex {
  const index = derivedIndexes(table).find(({ name }) => name === indexName);
  assert(index !== undefined, `the table has an index ${indexName}`);
  return index;
}

function consumerIdOf(name: IndexName): string {
  return indexConsumerId(indexOf(name).keyspace);
}
