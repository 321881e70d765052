/** The tables every group of conformance rows starts with, one for each kind of primary key. */
import type { JsonObject } from "./case-types.ts";

interface FixtureTable {
  readonly name: string;
  /** Key attribute names with their types, the partition key first. */
  readonly key: readonly (readonly [name: string, type: "S" | "N" | "B"])[];
}

export const fixtureTables: readonly FixtureTable[] = [
  { name: "hash", key: [["pk", "S"]] },
  {
    name: "range",
    key: [
      ["pk", "S"],
      ["sk", "S"],
    ],
  },
  {
    name: "numeric",
    key: [
      ["pk", "N"],
      ["sk", "N"],
    ],
  },
  {
    name: "binary",
    key: [
      ["pk", "B"],
      ["sk", "B"],
    ],
  },
];

/** A name that no table has. */
export const missingTable = "missing";

export function createTableRequest(table: FixtureTable): JsonObject {
  return {
    TableName: table.name,
    AttributeDefinitions: table.key.map(([name, type]) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: table.key.map(([name], index) => ({
      AttributeName: name,
      KeyType: index === 0 ? "HASH" : "RANGE",
    })),
    BillingMode: "PAY_PER_REQUEST",
  };
}

/** The key members of an item of a fixture table. */
export function keyOf(tableName: string, item: JsonObject): JsonObject {
  const table = fixtureTables.find(({ name }) => name === tableName);
  if (table === undefined) throw new Error(`no fixture table ${tableName}`);
  return Object.fromEntries(table.key.map(([name]) => [name, item[name]]));
}
