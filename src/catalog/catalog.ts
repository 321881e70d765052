/**
 * The catalog: which tables exist, what they are like, and which status they are in by the clock. Durable in
 * the engine, cached whole in memory; a status that is due changes when the table is looked at. What may change
 * and how is decided above; here a change is stored only if it was made from the newest description. Several
 * catalogs may stand on one store: each follows the changes of the others.
 */
import { assert, type Clock, createTurnPacer, type TurnPacer } from "../base/index.ts";
import { type Engine, type Mutation, StorageError, type StoredRecord } from "../storage/contract/index.ts";
import { captureLeaseKey, isUnread, withoutCapture } from "./captures.ts";
import { changeMutation, createMutation, dropMutation } from "./decides.ts";
import { derivedIndexes, dropRecordsCount } from "./index-keyspaces.ts";
import { withIndexBuilt } from "./index-states.ts";
import { LogFollower } from "./log-follower.ts";
import { catalogShard, decodeTable, tableKey } from "./records.ts";
import { TableCache } from "./table-cache.ts";
import { Turns } from "./turns.ts";
import { isSettling, settledTable } from "./transitions.ts";
import {
  type Capture,
  type Namespace,
  type NewTable,
  tableCounters,
  type TableChange,
  type TableDescription,
} from "./types.ts";

/** How long tables stay in a transitional status. At 0 it is passed through all the same: answered, then over. */
export interface CatalogDelays {
  readonly createMs: number;
  readonly updateMs: number;
  readonly deleteMs: number;
  /** Kinds of updates; absent: updateMs. */
  readonly throughputMs?: number;
  readonly billingModeMs?: number;
  readonly tableClassMs?: number;
  readonly warmMs?: number;
  /** How long changed tags stay unreadable. */
  readonly tagsMs?: number;
}

export interface CatalogOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly delays: CatalogDelays;
  /** Of the thread the catalog is used on, so that taking in many changes holds up nobody. Absent: one of its own. */
  readonly pacer?: TurnPacer;
  /**
   * False: no other catalog is open on the store together with this one, so its changes need not be logged. With
   * one whose changes are not logged others would answer from what they knew, so absent means true.
   */
  readonly followed?: boolean;
}

/** The store did not say whether the change took place, or could not place it among others. */
export interface Undecided {
  readonly kind: "undecided";
}

export type CreateOutcome =
  | { readonly kind: "created"; readonly table: TableDescription }
  | { readonly kind: "exists"; readonly table: TableDescription }
  | Undecided;

export type ChangeOutcome =
  | { readonly kind: "changed"; readonly table: TableDescription }
  /** Another change came first, or the table is gone; look again. */
  | { readonly kind: "overtaken" }
  | Undecided;

/** `gone`: the table or its index, or the index is being deleted; nothing is left to be done for it. */
export type IndexBuiltOutcome = { readonly kind: "built" } | { readonly kind: "gone" } | Undecided;

/** Of a table or of one of its indexes. */
export interface TableCounts {
  readonly items: number;
  readonly bytes: number;
}

export interface NamePage {
  readonly names: readonly string[];
  /** Whether there are names after these. */
  readonly more: boolean;
}

/**
 * What `find`, `list` and `namespacesOf` show is as new as the last `catchUp`; own changes show when they are answered.
 * Every method that returns a promise may reject with a StorageError.
 */
export interface Catalog {
  readonly delays: CatalogDelays;
  /** Whether every change shows that was answered by now, whoever made it. From memory: ask before each request. */
  isCurrent(): boolean;
  /** Resolves when every change shows that was answered before the call. */
  catchUp(): Promise<void>;
  /** From memory, with a due status applied; undefined when there is no such table (any more). */
  find(namespace: Namespace, name: string): TableDescription | undefined;
  /** Names ascending by bytes, those after `after`, at most `namesMax`. `after` need not exist. */
  list(
    namespace: Namespace,
    page: { readonly after: string | undefined; readonly namesMax: number },
  ): NamePage;
  /** All of every namespace, with due statuses applied. */
  tables(): readonly TableDescription[];
  /** Grows whenever `tables` shows something else, but for what time alone does. */
  readonly changeCount: number;
  /** A hint that others may have changed tables; returns the cancel function. */
  watch(wake: () => void): () => void;
  /** Where tables of this name exist. */
  namespacesOf(name: string): readonly Namespace[];
  /** One of several requests at once wins; the table is usable when its status has ended. */
  create(table: NewTable): Promise<CreateOutcome>;
  /**
   * Runs the work after the earlier work on the same table, so that changes of one table do not overtake each
   * other here; through other catalogs of the store they still may. Settles as the work does.
   */
  inTurn<Result>(table: TableDescription, work: () => Promise<Result>): Promise<Result>;
  /**
   * Stores `next` if `table` is still the description; `next` gets the next epoch. Indexes that `next` no longer has
   * are dropped, with all that is stored for them, and a new one gets its keyspace.
   */
  change(table: TableDescription, next: TableChange): Promise<ChangeOutcome>;
  /**
   * All items that were there before the index are in it: it becomes ACTIVE. Asked again after it was done, it answers
   * the same. Takes its turn on the table, so not to be called inside one.
   */
  indexBuilt(table: TableDescription, indexKeyspace: number): Promise<IndexBuiltOutcome>;
  /** Of the keyspace of a table or an index. Exact; zero when its space has been given back. */
  counts(counted: Pick<TableDescription, "keyspace">): Promise<TableCounts>;
  /**
   * Drops the tables and indexes whose deletion is complete, each record together with its keyspace, and captures that
   * nobody has read for a day.
   */
  step(): Promise<void>;
  /** Drops every table at once, whatever its status; rejects when it is not certain that all are gone. */
  clear(): Promise<void>;
}

/** Tables dropped in one commit, and records of their indexes' consumers. */
const dropTablesMax = 500;
const dropRecordsMax = 5000;
/** An engine that may answer `conflict` is asked this often. */
const attemptsMax = 10;

export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const catalog = new StoredCatalog(options);
  await catalog.load();
  return catalog;
}

class StoredCatalog implements Catalog {
  readonly delays: CatalogDelays;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #cache = new TableCache();
  readonly #follower: LogFollower;
  readonly #logged: boolean;
  readonly #turns = new Turns();

  constructor({ engine, clock, delays, pacer = createTurnPacer(), followed = true }: CatalogOptions) {
    this.#engine = engine;
    this.#clock = clock;
    this.delays = delays;
    this.#logged = followed;
    this.#follower = new LogFollower({ engine, cache: this.#cache, pacer });
  }

  load(): Promise<void> {
    return this.#follower.load();
  }

  isCurrent(): boolean {
    return this.#follower.isCurrent();
  }

  catchUp(): Promise<void> {
    return this.#follower.catchUp();
  }

  find(namespace: Namespace, name: string): TableDescription | undefined {
    const table = this.#cache.get(namespace, name);
    return table === undefined || !isSettling(table) ? table : this.#settled(table);
  }

  list(
    namespace: Namespace,
    { after, namesMax }: { readonly after: string | undefined; readonly namesMax: number },
  ): NamePage {
    const sorted = this.#cache.names(namespace);
    const names: string[] = [];
    for (let index = firstAfter(sorted, after); index < sorted.length; index += 1) {
      const name = sorted[index] ?? "";
      if (this.find(namespace, name) === undefined) continue;
      if (names.length === namesMax) return { names, more: true };
      names.push(name);
    }
    return { names, more: false };
  }

  tables(): readonly TableDescription[] {
    return this.#cache.all().flatMap((table) => this.find(table.namespace, table.name) ?? []);
  }

  watch(wake: () => void): () => void {
    return this.#engine.watchLog(catalogShard, wake);
  }

  get changeCount(): number {
    return this.#cache.changes;
  }

  namespacesOf(name: string): readonly Namespace[] {
    return this.#cache
      .named(name)
      .map(({ namespace }) => namespace)
      .filter((namespace) => this.find(namespace, name) !== undefined);
  }

  async create(wanted: NewTable): Promise<CreateOutcome> {
    const { removals } = this.#cache;
    const outcome = await this.#mutate(createMutation({ subject: wanted, logged: this.#logged }), wanted);
    if (outcome.kind === "undecided") return outcome;
    const table = outcome.result as TableDescription;
    await this.#remember(table, removals);
    return { kind: outcome.kind === "committed" ? "created" : "exists", table };
  }

  inTurn<Result>({ keyspace }: TableDescription, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(keyspace, work);
  }

  change(table: TableDescription, next: TableChange): Promise<ChangeOutcome> {
    return this.#change(table, next);
  }

  async #change(table: TableDescription, next: TableChange, unread?: Capture): Promise<ChangeOutcome> {
    const { removals } = this.#cache;
    const subject = { ...next, epoch: table.epoch + 1 };
    const change = { subject, logged: this.#logged, ...(unread === undefined ? {} : { unread }) };
    const outcome = await this.#mutate(changeMutation(change), table);
    if (outcome.kind === "undecided") return outcome;
    const newest = outcome.result as TableDescription | undefined;
    if (newest === undefined) this.#cache.forget(table);
    else await this.#remember(newest, removals);
    if (outcome.kind === "refused" || newest === undefined) return { kind: "overtaken" };
    return { kind: "changed", table: newest };
  }

  indexBuilt(table: TableDescription, indexKeyspace: number): Promise<IndexBuiltOutcome> {
    return this.inTurn(table, async () => {
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        if (!this.isCurrent()) await this.catchUp();
        const newest = this.find(table.namespace, table.name);
        if (newest?.keyspace !== table.keyspace) return { kind: "gone" };
        const index = derivedIndexes(newest).find(({ keyspace }) => keyspace === indexKeyspace);
        if (index === undefined || index.status === "DELETING") return { kind: "gone" };
        if (index.backfill === undefined) return { kind: "built" };
        const outcome = await this.change(newest, withIndexBuilt(newest, indexKeyspace));
        if (outcome.kind === "changed") return { kind: "built" };
        if (outcome.kind === "undecided") break;
      }
      return { kind: "undecided" };
    });
  }

  async counts({ keyspace }: Pick<TableDescription, "keyspace">): Promise<TableCounts> {
    const [items, bytes] = await Promise.all([
      this.#engine.counter({ keyspace, index: tableCounters.items }),
      this.#engine.counter({ keyspace, index: tableCounters.bytes }),
    ]);
    return { items, bytes };
  }

  async step(): Promise<void> {
    if (!this.isCurrent()) await this.catchUp();
    const nowMs = this.#clock.nowMs();
    const doomed: TableDescription[] = [];
    const shrunk: TableDescription[] = [];
    for (const table of this.#cache.all()) {
      const settled = settledTable(table, nowMs);
      if (settled === undefined) doomed.push(table);
      else if (settled.deletedIndexes !== undefined) shrunk.push(settled);
    }
    await this.#drop(doomed);
    for (const table of shrunk) await this.#dropIndexes(table);
    await this.#endUnreadCaptures(nowMs);
    await this.#follower.trim();
  }

  async clear(): Promise<void> {
    if (!this.isCurrent()) await this.catchUp();
    const doomed = new Set(this.#cache.all().map(({ keyspace }) => keyspace));
    await this.#drop(this.#cache.all());
    if (this.#cache.all().some(({ keyspace }) => doomed.has(keyspace))) {
      throw new StorageError("unavailable", "not all tables were dropped for certain");
    }
  }

  async #drop(tables: readonly TableDescription[]): Promise<void> {
    for (const doomed of dropBatches(tables)) {
      const outcome = await this.#engine.mutate(dropMutation({ subject: doomed, logged: this.#logged }));
      // What was not dropped for certain stays known, so that the next step tries again.
      if (outcome.kind !== "committed" && outcome.kind !== "refused") return;
      for (const table of doomed) this.#cache.forget(table);
    }
  }

  /** By a change that changes nothing else. Whoever was faster dropped them, too; else the next step tries again. */
  async #dropIndexes(table: TableDescription): Promise<void> {
    await this.inTurn(table, async () => {
      const newest = this.find(table.namespace, table.name);
      if (newest?.deletedIndexes !== undefined) await this.change(newest, newest);
    });
  }

  /** What is unread is looked for by this clock and decided by that of the commit. */
  async #endUnreadCaptures(nowMs: number): Promise<void> {
    const all = this.#cache
      .all()
      .flatMap((table) => (table.captures ?? []).map((capture) => ({ table, capture })));
    if (all.length === 0) return;
    const keys = all.map(({ table, capture }) => captureLeaseKey(table, capture));
    const leases = await this.#engine.getMany(keys, "strong");
    for (const [index, { table, capture }] of all.entries()) {
      if (isUnread(leases[index], nowMs)) await this.#endUnread(table, capture);
    }
  }

  /** Whoever was faster has ended it, or has read it; else the next step tries again. */
  async #endUnread(table: TableDescription, unread: Capture): Promise<void> {
    await this.inTurn(table, async () => {
      const newest = this.find(table.namespace, table.name);
      if (newest?.keyspace !== table.keyspace) return;
      if (newest.captures?.some(({ sinceEpoch }) => sinceEpoch === unread.sinceEpoch) !== true) return;
      await this.#change(newest, withoutCapture(newest, unread), unread);
    });
  }

  /** Asks again after a conflict; after an unknown outcome the record is read again, so that the cache is right. */
  async #mutate(
    mutation: Mutation,
    { namespace, name }: Pick<TableDescription, "namespace" | "name">,
  ): Promise<{ readonly kind: "committed" | "refused"; readonly result: unknown } | Undecided> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const outcome = await this.#engine.mutate(mutation);
      if (outcome.kind === "committed" || outcome.kind === "refused") return outcome;
      assert(outcome.kind !== "staleEpoch", "mutations of the catalog name no epochs");
      if (outcome.kind === "unknown") {
        await this.#reload(namespace, name);
        break;
      }
    }
    return { kind: "undecided" };
  }

  /**
   * Takes in an own answer; `removals` is from before the question. An answer that comes late, after the log has told
   * that the table was dropped, would bring it back for ever.
   */
  async #remember(table: TableDescription, removals: number): Promise<void> {
    if (!this.#takeIn(table, removals)) await this.#reload(table.namespace, table.name);
  }

  /** A store that cannot be read either leaves the cache as it is: nothing more certain can be known. */
  async #reload(namespace: Namespace, name: string): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const { removals } = this.#cache;
      const known = this.#cache.get(namespace, name);
      let record: StoredRecord | undefined;
      try {
        record = await this.#engine.get(tableKey(namespace, name), "strong");
      } catch (error: unknown) {
        if (error instanceof StorageError) return;
        throw error;
      }
      if (record === undefined) {
        if (known !== undefined) this.#cache.forget(known);
        return;
      }
      if (this.#takeIn(decodeTable(record), removals)) return;
    }
  }

  /** False when it cannot be told whether the table was dropped since: others were, and this one is not known. */
  #takeIn(table: TableDescription, removals: number): boolean {
    const isKnown = this.#cache.get(table.namespace, table.name) !== undefined;
    if (!isKnown && removals !== this.#cache.removals) return false;
    this.#cache.learn(table);
    return true;
  }

  #settled(table: TableDescription): TableDescription | undefined {
    const settled = settledTable(table, this.#clock.nowMs());
    // A table that is gone stays in the cache until `step` or a new table of its name drops it.
    if (settled !== undefined && settled !== table) this.#cache.settle(settled);
    return settled;
  }
}

/** In their order, as many as fit into one commit; a table with too many records of its own is alone. */
function* dropBatches(tables: readonly TableDescription[]): Generator<readonly TableDescription[]> {
  let batch: TableDescription[] = [];
  let records = 0;
  for (const table of tables) {
    const count = dropRecordsCount(table);
    if (batch.length > 0 && (batch.length === dropTablesMax || records + count > dropRecordsMax)) {
      yield batch;
      batch = [];
      records = 0;
    }
    batch.push(table);
    records += count;
  }
  if (batch.length > 0) yield batch;
}

/** Index of the first name greater than `after`. */
function firstAfter(sorted: readonly string[], after: string | undefined): number {
  if (after === undefined) return 0;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
