/**
 * The catalog: which tables exist, what they are like, and which status they are in by the clock. Durable in
 * the engine, cached whole in memory; a status that is due changes when the table is looked at.
 */
import { type Clock, compareBytes } from "../base/index.ts";
import type { Engine, RangeBound } from "../storage/contract/index.ts";
import { changeMutation, createMutation, dropMutation, isGone, type NewTable } from "./decides.ts";
import { decodeTable, tablesKeyspace } from "./records.ts";
import { TableCache } from "./table-cache.ts";
import { type Namespace, tableCounters, type TableDescription } from "./types.ts";

/** How long tables stay in a transitional status. */
export interface CatalogDelays {
  readonly createMs: number;
  readonly updateMs: number;
  readonly deleteMs: number;
}

export interface CatalogOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly delays: CatalogDelays;
}

export type CreateOutcome =
  | { readonly kind: "created"; readonly table: TableDescription }
  | { readonly kind: "exists"; readonly table: TableDescription };

export type ChangeOutcome =
  | { readonly kind: "changed"; readonly table: TableDescription }
  /** Another change came first; look again. */
  | { readonly kind: "overtaken" };

export interface TableCounts {
  readonly items: number;
  readonly bytes: number;
}

export interface Catalog {
  readonly delays: CatalogDelays;
  /** From memory, with a due status applied; undefined when there is no such table (any more). */
  find(namespace: Namespace, name: string): TableDescription | undefined;
  /** Names ascending by bytes, those after `after`. */
  list(namespace: Namespace, after: string | undefined): readonly string[];
  /** Where else a table of this name exists. */
  namespacesOf(name: string): readonly Namespace[];
  create(table: NewTable): Promise<CreateOutcome>;
  /** Stores `next` if `table` is still the description; `next` gets the next epoch. */
  change(table: TableDescription, next: Omit<TableDescription, "epoch">): Promise<ChangeOutcome>;
  counts(table: TableDescription): Promise<TableCounts>;
  /** Gives back what tables whose deletion is complete still hold. */
  step(): Promise<void>;
  /** Drops every table at once, whatever its status. */
  clear(): Promise<void>;
}

const loadPageRecords = 500;

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
      bytesMax: Number.MAX_SAFE_INTEGER,
      consistency: "strong",
    });
    for (const { value } of page.records) tables.push(decodeTable(value));
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
  /** Deleted tables whose keyspace is still to be dropped. */
  readonly #doomed = new Set<TableDescription>();

  constructor({ engine, clock, delays }: CatalogOptions, cache: TableCache) {
    this.#engine = engine;
    this.#clock = clock;
    this.delays = delays;
    this.#cache = cache;
  }

  find(namespace: Namespace, name: string): TableDescription | undefined {
    const table = this.#cache.get(namespace, name);
    return table?.statusUntilMs === undefined ? table : this.#settled(table);
  }

  list(namespace: Namespace, after: string | undefined): readonly string[] {
    const start = after === undefined ? undefined : Buffer.from(after);
    return this.#cache
      .of(namespace)
      .filter((table) => this.find(namespace, table.name) !== undefined)
      .map(({ name }) => Buffer.from(name))
      .filter((name) => start === undefined || compareBytes(name, start) > 0)
      .sort(compareBytes)
      .map((name) => name.toString());
  }

  namespacesOf(name: string): readonly Namespace[] {
    return this.#cache
      .all()
      .filter((table) => table.name === name && this.find(table.namespace, name) !== undefined)
      .map(({ namespace }) => namespace);
  }

  async create(wanted: NewTable): Promise<CreateOutcome> {
    const outcome = await this.#engine.mutate(createMutation(wanted));
    if (outcome.kind === "committed") {
      const table = outcome.result as TableDescription;
      this.#cache.set(table);
      return { kind: "created", table };
    }
    if (outcome.kind !== "refused") throw new Error(`creating a table ended as ${outcome.kind}`);
    return { kind: "exists", table: outcome.result as TableDescription };
  }

  async change(table: TableDescription, next: Omit<TableDescription, "epoch">): Promise<ChangeOutcome> {
    const changed = { ...next, epoch: table.epoch + 1 };
    const outcome = await this.#engine.mutate(changeMutation(changed));
    if (outcome.kind === "refused") return { kind: "overtaken" };
    if (outcome.kind !== "committed") throw new Error(`changing a table ended as ${outcome.kind}`);
    this.#cache.set(changed);
    return { kind: "changed", table: changed };
  }

  async counts({ keyspace }: TableDescription): Promise<TableCounts> {
    const items = await this.#engine.counter({ keyspace, index: tableCounters.items });
    const bytes = await this.#engine.counter({ keyspace, index: tableCounters.bytes });
    return { items, bytes };
  }

  async step(): Promise<void> {
    for (const table of this.#cache.all()) this.find(table.namespace, table.name);
    for (const table of this.#doomed) {
      await this.#engine.mutate(dropMutation(table));
      this.#doomed.delete(table);
    }
  }

  async clear(): Promise<void> {
    await this.step();
    for (const table of this.#cache.all()) {
      this.#cache.delete(table);
      await this.#engine.mutate(dropMutation(table));
    }
  }

  #settled(table: TableDescription): TableDescription | undefined {
    const nowMs = this.#clock.nowMs();
    if (nowMs < (table.statusUntilMs ?? 0)) return table;
    if (isGone(table, nowMs)) {
      this.#cache.delete(table);
      this.#doomed.add(table);
      return undefined;
    }
    const { statusUntilMs: _due, ...rest } = table;
    const settled: TableDescription = { ...rest, status: "ACTIVE" };
    this.#cache.set(settled);
    return settled;
  }
}
