/**
 * The oracle of the data-plane model test: items in a Map, every rule written the plain way, nothing shared
 * with the product but the texts of two errors. Numbers are small integers so that JavaScript can add them.
 */

export type Wire = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, Wire>>;

export type Outcome =
  | { readonly kind: "ok"; readonly item?: WireItem | undefined }
  | { readonly kind: "error"; readonly name: string };

export interface NaiveItems {
  put(item: WireItem, onlyIfAbsent: boolean): Outcome;
  get(key: WireItem): WireItem | undefined;
  delete(key: WireItem, onlyIfPresent: boolean): Outcome;
  /** `ADD counter :by SET label = :label`; returns the item after it. */
  update(key: WireItem, by: number, label: string): Outcome;
  /** Items of one partition in sort key order. */
  query(partition: string): readonly WireItem[];
  all(): readonly WireItem[];
}

export function naiveItems(): NaiveItems {
  const items = new Map<string, WireItem>();
  return {
    put(item, onlyIfAbsent) {
      const id = identity(item);
      const old = items.get(id);
      if (onlyIfAbsent && old !== undefined)
        return { kind: "error", name: "ConditionalCheckFailedException" };
      items.set(id, item);
      return { kind: "ok", item: old };
    },
    get: (key) => items.get(identity(key)),
    delete(key, onlyIfPresent) {
      const id = identity(key);
      const old = items.get(id);
      if (onlyIfPresent && old === undefined)
        return { kind: "error", name: "ConditionalCheckFailedException" };
      items.delete(id);
      return { kind: "ok", item: old };
    },
    update(key, by, label) {
      const id = identity(key);
      const old = items.get(id) ?? key;
      const counter = old["counter"];
      if (counter !== undefined && typeof counter["N"] !== "string") {
        return { kind: "error", name: "ValidationException" };
      }
      const sum = Number(counter?.["N"] ?? 0) + by;
      const item = { ...old, counter: { N: String(sum) }, label: { S: label } };
      items.set(id, item);
      return { kind: "ok", item };
    },
    query: (partition) =>
      [...items.values()]
        .filter((item) => item["pk"]?.["S"] === partition)
        .sort((a, b) => sortKey(a) - sortKey(b)),
    all: () => [...items.values()],
  };
}

export function identity(item: WireItem): string {
  return JSON.stringify([item["pk"]?.["S"], item["sk"]?.["N"]]);
}

function sortKey(item: WireItem): number {
  return Number(item["sk"]?.["N"]);
}
