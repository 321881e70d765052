/** Table descriptions by account, region and name; looked up on every request without allocating. */
import type { Namespace, TableDescription } from "./types.ts";

export class TableCache {
  readonly #accounts = new Map<string, Map<string, Map<string, TableDescription>>>();

  get({ account, region }: Namespace, name: string): TableDescription | undefined {
    return this.#accounts.get(account)?.get(region)?.get(name);
  }

  set(table: TableDescription): void {
    const { account, region } = table.namespace;
    let regions = this.#accounts.get(account);
    if (regions === undefined) this.#accounts.set(account, (regions = new Map()));
    let tables = regions.get(region);
    if (tables === undefined) regions.set(region, (tables = new Map()));
    tables.set(table.name, table);
  }

  delete({ namespace, name }: TableDescription): void {
    this.#accounts.get(namespace.account)?.get(namespace.region)?.delete(name);
  }

  /** Of one namespace, in no order. */
  of({ account, region }: Namespace): readonly TableDescription[] {
    return [...(this.#accounts.get(account)?.get(region)?.values() ?? [])];
  }

  all(): readonly TableDescription[] {
    return [...this.#accounts.values()].flatMap((regions) =>
      [...regions.values()].flatMap((tables) => [...tables.values()]),
    );
  }
}
