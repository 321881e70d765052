/** A table with indexes of each kind, and values for its items: what tests of reads share. */
import type { AttributeValue, Item } from "../values/index.ts";
import { type IndexedShape, newGlobalIndex, newLocalIndex } from "./indexed-table.ts";

export const S = (value: string): AttributeValue => ({ type: "S", value });
export const N = (value: number): AttributeValue => ({ type: "N", value: String(value) });

/** `n` sorts the local indexes; `g` is the partition key of the global ones, of `long` together with the table's. */
export const sampleIndexes: IndexedShape = {
  keySchema: { hash: { name: "pk", type: "S" }, range: { name: "sk", type: "S" } },
  localIndexes: [
    newLocalIndex({ name: "local", keyspace: 101, range: { name: "n", type: "N" } }),
    newLocalIndex({
      name: "localKeys",
      keyspace: 102,
      range: { name: "n", type: "N" },
      projection: { type: "KEYS_ONLY" },
    }),
  ],
  globalIndexes: [
    newGlobalIndex({ name: "global", keyspace: 103, hash: [{ name: "g", type: "S" }] }),
    newGlobalIndex({
      name: "long",
      keyspace: 104,
      hash: [
        { name: "g", type: "S" },
        { name: "pk", type: "S" },
      ],
      range: [
        { name: "n", type: "N" },
        { name: "r", type: "S" },
      ],
      projection: { type: "INCLUDE", attributes: ["a"] },
    }),
    newGlobalIndex({
      name: "building",
      keyspace: 105,
      hash: [{ name: "g", type: "S" }],
      status: "CREATING",
      backfill: { allocatedMs: 0 },
    }),
    newGlobalIndex({ name: "going", keyspace: 106, hash: [{ name: "g", type: "S" }], status: "DELETING" }),
  ],
};

/** The attributes in the order they are written. */
export function sampleItem(
  pk: string,
  sk: string,
  more: Readonly<Record<string, AttributeValue>> = {},
): Item {
  return new Map(Object.entries({ pk: S(pk), sk: S(sk), ...more }));
}
