/** Primary keys of requests: checked against the table's schema and turned into storage keys. */
import { invalidParameters, validationError } from "../api/index.ts";
import type { KeyAttribute, TableDescription } from "../catalog/index.ts";
import { attributesEntered, type EnteringPlans } from "../expressions/index.ts";
import { itemKey } from "../partitions/index.ts";
import { isIndexKeyAttribute } from "./index-key-rules.ts";
import { refuseLongPartitionKey, refuseLongSortKey } from "./key-sizes.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { type AttributeValue, encodeKeyValue, type Item, type ScalarValue } from "../values/index.ts";

const noSortKey = new Uint8Array(0);
const mismatch = "The provided key element does not match the schema";

/** The storage key of a `Key` parameter, which must hold exactly the key attributes with their types. */
export function keyOfParameter(table: TableDescription, key: Item): RecordKey {
  const { hash, range } = table.keySchema;
  if (key.size !== (range === undefined ? 1 : 2)) throw validationError(mismatch);
  const hashValue = scalarOfType(key.get(hash.name), hash);
  const rangeValue = range === undefined ? undefined : scalarOfType(key.get(range.name), range);
  if (hashValue === undefined || (range !== undefined && rangeValue === undefined)) {
    throw validationError(mismatch);
  }
  return storageKey(table, hashValue, rangeValue);
}

/** The storage key of a whole item in PutItem, with PutItem's own texts for what is wrong. */
export function keyOfItem(table: TableDescription, item: Item): RecordKey {
  const { hash, range } = table.keySchema;
  const hashValue = itemKeyValue(item, hash);
  return storageKey(table, hashValue, range === undefined ? undefined : itemKeyValue(item, range));
}

/** The storage key of a whole item inside BatchWriteItem, which answers every mismatch with one text. */
export function keyOfBatchItem(table: TableDescription, item: Item): RecordKey {
  const { hash, range } = table.keySchema;
  const hashValue = scalarOfType(item.get(hash.name), hash);
  const rangeValue = range === undefined ? undefined : scalarOfType(item.get(range.name), range);
  if (hashValue === undefined || (range !== undefined && rangeValue === undefined)) {
    throw validationError(mismatch);
  }
  return storageKey(table, hashValue, rangeValue);
}

function itemKeyValue(item: Item, attribute: KeyAttribute): ScalarValue {
  const value = item.get(attribute.name);
  if (value === undefined) {
    throw invalidParameters(`Missing the key ${attribute.name} in the item`);
  }
  const scalar = scalarOfType(value, attribute);
  if (scalar !== undefined) return scalar;
  throw invalidParameters(
    `Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${value.type}`,
  );
}

function scalarOfType(value: AttributeValue | undefined, attribute: KeyAttribute): ScalarValue | undefined {
  if (value === undefined || value.type !== attribute.type) return undefined;
  return value as ScalarValue;
}

function storageKey(table: TableDescription, hash: ScalarValue, range: ScalarValue | undefined): RecordKey {
  const schema = table.keySchema;
  refuseEmptyKey(schema.hash, hash);
  if (schema.range !== undefined && range !== undefined) refuseEmptyKey(schema.range, range);
  refuseLongPartitionKey([hash]);
  if (range !== undefined) refuseLongSortKey([range]);
  return itemKey(table, encodeKeyValue(hash), range === undefined ? noSortKey : encodeKeyValue(range));
}

/** Key attributes are scalars: a path that goes inside one is refused, in whatever expression it stands. */
export function refuseEnteredKeys(table: TableDescription, plans: EnteringPlans): void {
  const names = attributesEntered(plans);
  if (names.length === 0) return;
  const key = names.find((attribute) => isKeyAttribute(table, attribute));
  if (key !== undefined) throw notScalar(`Key: ${key}`);
  const indexKey = names.find((attribute) => isIndexKeyAttribute(table, attribute));
  if (indexKey !== undefined) throw notScalar(`IndexKey: ${indexKey}`);
}

function notScalar(what: string): Error {
  return validationError(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${what}`,
  );
}

export function isKeyAttribute({ keySchema }: TableDescription, name: string): boolean {
  return name === keySchema.hash.name || name === keySchema.range?.name;
}

/** Empty strings and binaries cannot be keys. The prefix differs from the usual one (captured text). */
export function refuseEmptyKey(attribute: KeyAttribute, value: ScalarValue): void {
  if (value.value !== "" || value.type === "N") return;
  const kind = value.type === "S" ? "string" : "binary";
  throw validationError(
    "One or more parameter values are not valid. The AttributeValue for a key attribute " +
      `cannot contain an empty ${kind} value. Key: ${attribute.name}`,
  );
}
