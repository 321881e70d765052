/**
 * Table descriptions by account, region and name; looked up on every request without allocating. What is told may
 * arrive out of order; the cache keeps what is newer.
 */
import type { LoggedState } from "./logged-states.ts";
import type { Namespace, TableDescription } from "./types.ts";

interface RegionTables {
  readonly byName: Map<string, TableDescription>;
  /** Ascending; made when asked for, forgotten when a name comes or goes. */
  sortedNames: readonly string[] | undefined;
}

export class TableCache {
  readonly #accounts = new Map<string, Map<string, RegionTables>>();
  #removals = 0;
  #changes = 0;

  /** Grows whenever a table comes, goes or is known in another form. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Grows whenever tables are known to be gone. A table that is not here was perhaps forgotten since somebody asked
   * the store about it: then this number has changed, and the answer may be older than what is known.
   */
  get removals(): number {
    return this.#removals;
  }

  get({ account, region }: Namespace, name: string): TableDescription | undefined {
    return this.#accounts.get(account)?.get(region)?.byName.get(name);
  }

  /** Whether the table is known in this state or a later one. */
  knows(state: LoggedState): boolean {
    const known = this.get(state.namespace, state.name);
    return known !== undefined && hasReached(known, state);
  }

  /** Nothing gets older by it, nor loses the transitions that were applied already. */
  learn(table: TableDescription): void {
    const tables = this.#region(table.namespace);
    const known = tables.byName.get(table.name);
    if (known !== undefined && hasReached(known, table)) return;
    if (known === undefined) tables.sortedNames = undefined;
    tables.byName.set(table.name, table);
    this.#changes += 1;
  }

  /** Puts a later form of the same state in the place of a table that is here. */
  settle(table: TableDescription): void {
    this.#region(table.namespace).byName.set(table.name, table);
    this.#changes += 1;
  }

  /** The table is gone, and with it all that had its name before. */
  forget({ namespace, name, keyspace }: LoggedState): void {
    this.#removals += 1;
    const known = this.get(namespace, name);
    if (known !== undefined && known.keyspace <= keyspace) this.#delete(namespace, name);
  }

  /** Forgets all tables but those of these keyspaces and those whose keyspace was given out after `through`. */
  keepOnly(keyspaces: ReadonlySet<number>, through: number): void {
    this.#removals += 1;
    for (const { namespace, name, keyspace } of this.all()) {
      if (keyspace <= through && !keyspaces.has(keyspace)) this.#delete(namespace, name);
    }
  }

  /** Ascending by bytes: names are ASCII, where the order of code units is that of bytes. */
  names({ account, region }: Namespace): readonly string[] {
    const tables = this.#accounts.get(account)?.get(region);
    if (tables === undefined) return [];
    tables.sortedNames ??= [...tables.byName.keys()].sort();
    return tables.sortedNames;
  }

  all(): readonly TableDescription[] {
    return this.#everyRegion().flatMap(({ byName }) => [...byName.values()]);
  }

  /** The tables of one name in all namespaces. */
  named(name: string): readonly TableDescription[] {
    return this.#everyRegion().flatMap(({ byName }) => byName.get(name) ?? []);
  }

  #everyRegion(): readonly RegionTables[] {
    return [...this.#accounts.values()].flatMap((regions) => [...regions.values()]);
  }

  #region({ account, region }: Namespace): RegionTables {
    let regions = this.#accounts.get(account);
    if (regions === undefined) this.#accounts.set(account, (regions = new Map<string, RegionTables>()));
    let tables = regions.get(region);
    if (tables === undefined) regions.set(region, (tables = { byName: new Map(), sortedNames: undefined }));
    return tables;
  }

  #delete({ account, region }: Namespace, name: string): void {
    const regions = this.#accounts.get(account);
    const tables = regions?.get(region);
    if (regions === undefined || tables === undefined) return;
    tables.byName.delete(name);
    tables.sortedNames = undefined;
    this.#changes += 1;
    // Anybody may name a region, so that empty ones must not be kept.
    if (tables.byName.size === 0) regions.delete(region);
    if (regions.size === 0) this.#accounts.delete(account);
  }
}

/** Keyspaces grow with incarnations, epochs within one. */
function hasReached(known: TableDescription, { keyspace, epoch = 0 }: LoggedState): boolean {
  return known.keyspace === keyspace ? known.epoch >= epoch : known.keyspace > keyspace;
}
