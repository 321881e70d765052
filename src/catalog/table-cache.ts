/** Table descriptions by account, region and name; looked up on every request without allocating. */
import type { Namespace, TableDescription } from "./types.ts";

interface RegionTables {
  readonly byName: Map<string, TableDescription>;
  /** Ascending; made when asked for, forgotten when a name comes or goes. */
  sortedNames: readonly string[] | undefined;
}

export class TableCache {
  readonly #accounts = new Map<string, Map<string, RegionTables>>();

  get({ account, region }: Namespace, name: string): TableDescription | undefined {
    return this.#accounts.get(account)?.get(region)?.byName.get(name);
  }

  set(table: TableDescription): void {
    const tables = this.#region(table.namespace);
    if (!tables.byName.has(table.name)) tables.sortedNames = undefined;
    tables.byName.set(table.name, table);
  }

  delete({ namespace: { account, region }, name }: TableDescription): void {
    const regions = this.#accounts.get(account);
    const tables = regions?.get(region);
    if (regions === undefined || tables === undefined) return;
    tables.byName.delete(name);
    tables.sortedNames = undefined;
    // Anybody may name a region, so that empty ones must not be kept.
    if (tables.byName.size === 0) regions.delete(region);
    if (regions.size === 0) this.#accounts.delete(account);
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
}
