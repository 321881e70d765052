/** Rules of index definitions. Indexes do not work yet, but bad definitions get DynamoDB's answer already. */
import {
  type CreateTableInput,
  type KeySchemaElement,
  parameterValuesInvalid,
  validationError,
} from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import { refuseBadKeyOrder, refuseUndefinedKeys } from "./key-schema-rules.ts";

type LocalIndex = NonNullable<CreateTableInput["LocalSecondaryIndexes"]>[number];
type GlobalIndex = NonNullable<CreateTableInput["GlobalSecondaryIndexes"]>[number];

function invalid(text: string): Error {
  return validationError(`${parameterValuesInvalid}${text}`);
}

export interface IndexedTable {
  readonly keySchema: readonly KeySchemaElement[];
  readonly types: ReadonlyMap<string, KeyAttribute>;
}

/** Names of all attributes the indexes use as keys. */
export function indexKeyNames(input: CreateTableInput): readonly string[] {
  return [...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])].flatMap(
    ({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName),
  );
}

export function refuseBadIndexes(input: CreateTableInput, table: IndexedTable): void {
  const { LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global } = input;
  const names = new Set<string>();
  if (local !== undefined) refuseBadLocalIndexes(local, table, names);
  if (global !== undefined) refuseBadGlobalIndexes(global, table, names);
}

function refuseBadLocalIndexes(
  indexes: readonly LocalIndex[],
  table: IndexedTable,
  names: Set<string>,
): void {
  if (indexes.length === 0) throw invalid("List of LocalSecondaryIndexes is empty");
  if (table.keySchema.length < 2) {
    throw invalid(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  }
  for (const index of indexes) {
    refuseBadKeyOrder(index.KeySchema, table.types.size);
    refuseUndefinedKeys(index.KeySchema, table.types);
    refuseBadLocalKey(index, table);
    refuseBadProjection(index.Projection);
    addName(names, index.IndexName);
  }
  if (indexes.length > limits.localIndexesMax) {
    throw invalid(`Number of LocalSecondaryIndexes exceeds per-table limit of ${limits.localIndexesMax}`);
  }
}

function refuseBadLocalKey({ IndexName: name, KeySchema: keys }: LocalIndex, table: IndexedTable): void {
  if (keys.length < 2) throw invalid(`Index KeySchema does not have a range key for index: ${name}`);
  const indexHash = keys[0]?.AttributeName;
  const tableHash = table.keySchema[0]?.AttributeName;
  if (indexHash === tableHash) return;
  throw invalid(
    `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
      `index hash key: ${indexHash}, table hash key: ${tableHash}`,
  );
}

function refuseBadGlobalIndexes(
  indexes: readonly GlobalIndex[],
  table: IndexedTable,
  names: Set<string>,
): void {
  if (indexes.length === 0) throw invalid("List of GlobalSecondaryIndexes is empty");
  for (const index of indexes) {
    refuseUndefinedKeys(index.KeySchema, table.types);
    refuseBadGlobalKey(index.KeySchema);
    refuseBadProjection(index.Projection);
    addName(names, index.IndexName);
  }
  if (indexes.length > limits.globalIndexesMax) {
    throw invalid(`GlobalSecondaryIndex count exceeds the per-table limit of ${limits.globalIndexesMax}`);
  }
}

/** Up to four HASH elements, then up to four RANGE elements, all of different names. */
function refuseBadGlobalKey(keys: readonly KeySchemaElement[]): void {
  if (keys[0]?.KeyType !== "HASH") {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  const firstRange = keys.findIndex(({ KeyType }) => KeyType === "RANGE");
  const hashCount = keys.filter(({ KeyType }) => KeyType === "HASH").length;
  if (firstRange >= 0 && firstRange < hashCount) {
    throw invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema");
  }
  if (hashCount > limits.globalIndexPartitionAttributesMax) {
    throw invalid("The KeySchema exceeds the maximum allowed number of HASH key attributes");
  }
  if (keys.length - hashCount > limits.globalIndexSortAttributesMax) {
    throw invalid("The KeySchema exceeds the maximum allowed number of RANGE key attributes");
  }
  if (new Set(keys.map(({ AttributeName }) => AttributeName)).size === keys.length) return;
  throw validationError(
    keys.length === 2
      ? "Both the Hash Key and the Range Key element in the KeySchema have the same name"
      : "The KeySchema contains multiple key attributes with the same name",
  );
}

function refuseBadProjection({
  ProjectionType: type,
  NonKeyAttributes: attributes,
}: LocalIndex["Projection"]): void {
  if (type === undefined) throw invalid("Unknown ProjectionType: null");
  if (type === "INCLUDE" && attributes === undefined) {
    throw invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  if (type !== "INCLUDE" && attributes !== undefined) {
    throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  const seen = new Set<string>();
  for (const name of attributes ?? []) {
    if (seen.has(name)) throw invalid(`Duplicate element in NonKeyAttributes: ${name}`);
    seen.add(name);
  }
}

function addName(names: Set<string>, name: string): void {
  if (names.has(name)) throw invalid(`Duplicate index name: ${name}`);
  names.add(name);
}
