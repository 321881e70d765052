/** A table with two global indexes, and what each index has to hold of its items. */
import { expect } from "vitest";
import { type Item, scanAll, untilActive } from "./server-rounds.ts";
import { itemsTable } from "./server-writers.ts";

interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: "S" | "N";
}

const group: AttributeDefinition = { AttributeName: "group", AttributeType: "S" };
const owner: AttributeDefinition = { AttributeName: "owner", AttributeType: "S" };
export const firstAttribute: AttributeDefinition = { AttributeName: "first", AttributeType: "N" };

export interface IndexedTable {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly AttributeDefinition[];
  readonly GlobalSecondaryIndexes: readonly object[];
}

export const indexedTable: IndexedTable = {
  TableName: itemsTable,
  AttributeDefinitions: [group, firstAttribute, owner],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byGroup",
      KeySchema: [
        { AttributeName: "group", KeyType: "HASH" },
        { AttributeName: "first", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
    {
      IndexName: "byOwner",
      KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
};

/** What each index holds of an item; `late` is added by a suite. */
const held: Readonly<Record<string, readonly string[]>> = {
  byGroup: ["pk", "first", "group", "owner", "filler", "last"],
  byOwner: ["pk", "owner"],
  late: ["pk", "first", "last"],
};

export async function checkIndexes(
  { endpoint }: { readonly endpoint: string },
  items: readonly Item[],
): Promise<void> {
  const names = await untilActive(endpoint, itemsTable);
  for (const name of names) {
    const found = await scanAll(endpoint, { TableName: itemsTable, IndexName: name });
    const expected = items.filter((item) => name !== "byOwner" || item["owner"] !== undefined);
    const made = expected.map((item) => textOf(item, held[name] ?? []));
    const entries = found.map((entry) => textOf(entry, Object.keys(entry)));
    expect(entries.toSorted(), `index ${name}`).toEqual(made.toSorted());
  }
}

/** Some attributes of an item, the same whatever their order. */
function textOf(item: Item, names: readonly string[]): string {
  const present = names.filter((name) => item[name] !== undefined);
  return JSON.stringify(present.toSorted().map((name) => [name, item[name]]));
}
