/**
 * The catalog: which tables exist, what they are like, and which status they are in by the clock. Durable in
 * the engine, cached whole in memory; a status that is due changes when the table is looked at. What may change
 * and how is decided above; here a change is stored only if it was made from the newest description.
 */
import { assert, type Clock } from "../base/index.ts";
import {
  type Engine,
  type Mutation,
  type RangeBound,
  StorageError,
  type StoredRecord,
} from "../storage/contract/index.ts";
import { changeMutation, createMutation, dropMutation, type NewTable } from "./decides.ts";
import { decodeTable, tableKey, tablesKeyspace } from "./records.ts";
import { TableCache } from "./table-cache.ts";
import { Turns } from "./turns.ts";
import { isSettling, settledTable } from "./transitions.ts";
import { type Namespace, tableCounters, type TableDescription } from "./types.ts";

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

export interface TableCounts {
  readonly items: number;
  readonly bytes: number;
}

export interface NamePage {
  readonly names: readonly string[];
  /** Whether there are names after these. */
  readonly more: boolean;
}

/** Every method but `find`, `list` and `namespacesOf` may reject with a StorageError. */
export interface Catalog {
  readonly delays: CatalogDelays;
  /** From memory, with a due status applied; undefined when there is no such table (any more). */
  find(namespace: Namespace, name: string): TableDescription | undefined;
  /** Names ascending by bytes, those after `after`, at most `namesMax`. `after` need not exist. */
  list(
    namespace: Namespace,
    page: { readonly after: string | undefined; readonly namesMax: number },
  ): NamePage;
  /** Where tables of this name exist. */
  namespacesOf(name: string): readonly Namespace[];
  /** One of several requests at once wins; the table is usable when its status has ended. */
  create(table: NewTable): Promise<CreateOutcome>;
  /**
   * Runs the work after the earlier work on the same table, so that changes of one table do not overtake each
   * other here; other processes still may. Settles as the work does.
   */
  inTurn<Result>(table: TableDescription, work: () => Promise<Result>): Promise<Result>;
  /** Stores `next` if `table` is still the description; `next` gets the next epoch. */
  change(table: TableDescription, next: Omit<TableDescription, "epoch">): Promise<ChangeOutcome>;
  /** Exact; zero for a table whose space has been given back. */
  counts(table: TableDescription): Promise<TableCounts>;
  /** Drops the tables whose deletion is complete, each record together with its keyspace. */
  step(): Promise<void>;
  /** Drops every table at once, whatever its status; rejects when it is not certain that all are gone. */
  clear(): Promise<void>;
}

const loadPageRecords = 500;
const loadPageBytes = 8 * 1024 * 1024;
/** Tables dropped in one commit. */
const dropTablesMax = 500;
/** An engine that may answer `conflict` is asked this often. */
const attemptsMax = 10;

export async function openCatalog(options: CatalogOptions): Promise<Catalog> {
  const cache = new TableCache();
  for (const table of await loadTables(options.engine)) cache.set(table);
  return new StoredCatalog(options, cache);
}

async function loadTables(engine: Engine): Promise<readonly TableDescription[]> {
  const tables: TableDescription[] = [];
  let lower: RangeBound | undefined;
  for (;;) {
    const page = await engine.range({
      keyspace: tablesKeyspace,
      placement: 0,
      ...(lower === undefined ? {} : { lower }),
      reverse: false,
      recordsMax: loadPageRecords,
      bytesMax: loadPageBytes,
      consistency: "strong",
    });
    for (const record of page.records) tables.push(decodeTable(record));
    const last = page.records.at(-1);
    if (!page.more || last === undefined) return tables;
    lower = { partition: last.key.partition, sort: last.key.sort, inclusive: false };
  }
}

class StoredCatalog implements Catalog {
  readonly delays: CatalogDelays;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #cache: TableCache;
  readonly #turns = new Turns();

  constructor({ engine, clock, delays }: CatalogOptions, cache: TableCache) {
    this.#engine = engine;
    this.#clock = clock;
    this.delays = delays;
    this.#cache = cache;
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

  namespacesOf(name: string): readonly Namespace[] {
    return this.#cache
      .named(name)
      .map(({ namespace }) => namespace)
      .filter((namespace) => this.find(namespace, name) !== undefined);
  }

  async create(wanted: NewTable): Promise<CreateOutcome> {
    const outcome = await this.#mutate(createMutation(wanted), wanted);
    if (outcome.kind === "undecided") return outcome;
    const table = outcome.result as TableDescription;
    this.#remember(table);
    return { kind: outcome.kind === "committed" ? "created" : "exists", table };
  }

  inTurn<Result>({ keyspace }: TableDescription, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(keyspace, work);
  }

  async change(table: TableDescription, next: Omit<TableDescription, "epoch">): Promise<ChangeOutcome> {
    const outcome = await this.#mutate(changeMutation({ ...next, epoch: table.epoch + 1 }), table);
    if (outcome.kind === "undecided") return outcome;
    const newest = outcome.result as TableDescription | undefined;
    if (newest === undefined) this.#forget(table);
    else this.#remember(newest);
    if (outcome.kind === "refused" || newest === undefined) return { kind: "overtaken" };
    return { kind: "changed", table: newest };
  }

  async counts({ keyspace }: TableDescription): Promise<TableCounts> {
    const [items, bytes] = await Promise.all([
      this.#engine.counter({ keyspace, index: tableCounters.items }),
      this.#engine.counter({ keyspace, index: tableCounters.bytes }),
    ]);
    return { items, bytes };
  }

  step(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    return this.#drop(this.#cache.all().filter((table) => settledTable(table, nowMs) === undefined));
  }

  async clear(): Promise<void> {
    const doomed = new Set(this.#cache.all().map(({ keyspace }) => keyspace));
    await this.#drop(this.#cache.all());
    if (this.#cache.all().some(({ keyspace }) => doomed.has(keyspace))) {
      throw new StorageError("unavailable", "not all tables were dropped for certain");
    }
  }

  async #drop(tables: readonly TableDescription[]): Promise<void> {
    for (let start = 0; start < tables.length; start += dropTablesMax) {
      const doomed = tables.slice(start, start + dropTablesMax);
      const outcome = await this.#engine.mutate(dropMutation(doomed));
      // What was not dropped for certain stays known, so that the next step tries again.
      if (outcome.kind !== "committed" && outcome.kind !== "refused") return;
      for (const table of doomed) this.#forget(table);
    }
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

  /** A store that cannot be read either leaves the cache as it is: nothing more certain can be known. */
  async #reload(namespace: Namespace, name: string): Promise<void> {
    let record: StoredRecord | undefined;
    try {
      record = await this.#engine.get(tableKey(namespace, name), "strong");
    } catch (error: unknown) {
      if (error instanceof StorageError) return;
      throw error;
    }
    const known = this.#cache.get(namespace, name);
    if (record !== undefined) this.#remember(decodeTable(record));
    else if (known !== undefined) this.#cache.delete(known);
  }

  /** Answers may arrive out of order: what is remembered never gets older. */
  #remember(table: TableDescription): void {
    const known = this.#cache.get(table.namespace, table.name);
    if (known !== undefined && isOlder(table, known)) return;
    this.#cache.set(table);
  }

  #forget(table: TableDescription): void {
    const known = this.#cache.get(table.namespace, table.name);
    if (known?.keyspace === table.keyspace) this.#cache.delete(table);
  }

  #settled(table: TableDescription): TableDescription | undefined {
    const settled = settledTable(table, this.#clock.nowMs());
    // A table that is gone stays in the cache until `step` or a new table of its name drops it.
    if (settled !== undefined && settled !== table) this.#cache.set(settled);
    return settled;
  }
}

/** Keyspaces grow with incarnations, epochs within one. */
function isOlder(table: TableDescription, known: TableDescription): boolean {
  if (table.keyspace !== known.keyspace) return table.keyspace < known.keyspace;
  return table.epoch < known.epoch;
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
