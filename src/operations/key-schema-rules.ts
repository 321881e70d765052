/** Rules of key schemas and attribute definitions, with DynamoDB's texts, in its order. */
import {
  type AttributeDefinition,
  type KeySchemaElement,
  parameterValuesInvalid,
  validationError,
} from "../api/index.ts";
import type { KeyAttribute, KeySchema } from "../catalog/index.ts";

/** Names in Java's way of printing a list. */
function printed(names: Iterable<string>): string {
  return `[${[...names].join(", ")}]`;
}

export function definedTypes(definitions: readonly AttributeDefinition[]): ReadonlyMap<string, KeyAttribute> {
  const types = new Map<string, KeyAttribute>();
  for (const { AttributeName: name, AttributeType: type } of definitions) {
    if (types.has(name)) throw validationError(`Attribute Name is duplicated: ${name}`);
    types.set(name, { name, type });
  }
  return types;
}

/** Order and names of a table's or local index's one or two key elements. */
export function refuseBadKeyOrder(elements: readonly KeySchemaElement[], definitionCount: number): void {
  const [first, second] = elements;
  if (elements.length > definitionCount) {
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  }
  if (first?.KeyType !== "HASH") {
    throw validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (second === undefined) return;
  if (second.KeyType !== "RANGE") {
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (first.AttributeName === second.AttributeName) {
    throw validationError("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
}

/** Every key attribute needs a definition. */
export function refuseUndefinedKeys(
  elements: readonly KeySchemaElement[],
  types: ReadonlyMap<string, KeyAttribute>,
): void {
  const names = elements.map(({ AttributeName }) => AttributeName);
  if (names.every((name) => types.has(name))) return;
  throw validationError(
    `${parameterValuesInvalid}Some index key attributes are not defined in AttributeDefinitions. ` +
      `Keys: ${printed(names)}, AttributeDefinitions: ${printed(types.keys())}`,
  );
}

/** And every definition a key that uses it. */
export function refuseUnusedDefinitions(
  types: ReadonlyMap<string, KeyAttribute>,
  used: ReadonlySet<string>,
  anyIndex: boolean,
): void {
  if ([...types.keys()].every((name) => used.has(name))) return;
  throw validationError(
    anyIndex
      ? `${parameterValuesInvalid}Some AttributeDefinitions are not used. ` +
          `AttributeDefinitions: ${printed(types.keys())}, keys used: ${printed(used)}`
      : `${parameterValuesInvalid}Number of attributes in KeySchema does not exactly match ` +
          "number of attributes defined in AttributeDefinitions",
  );
}

/** The schema of a table whose rules have been checked. */
export function keySchemaOf(
  elements: readonly KeySchemaElement[],
  types: ReadonlyMap<string, KeyAttribute>,
): KeySchema {
  const [hash, range] = elements.map(({ AttributeName }) => types.get(AttributeName));
  if (hash === undefined)
    throw validationError("Invalid KeySchema: Some index key attribute have no definition");
  return range === undefined ? { hash } : { hash, range };
}
