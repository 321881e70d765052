/** Rules of key schemas and attribute definitions, with DynamoDB's texts, in its order. */
import {
  type AttributeDefinition,
  invalidParameters,
  type KeySchemaElement,
  validationError,
} from "../api/index.ts";
import { assert, limits } from "../base/index.ts";
import type { KeyAttribute, KeySchema } from "../catalog/index.ts";

const sameNames = "Both the Hash Key and the Range Key element in the KeySchema have the same name";

/** Definitions by name. */
export function definedAttributes(
  definitions: readonly AttributeDefinition[],
): ReadonlyMap<string, KeyAttribute> {
  const defined = new Map<string, KeyAttribute>();
  for (const { AttributeName: name, AttributeType: type } of definitions) {
    if (defined.has(name)) throw validationError(`Attribute Name is duplicated: ${name}`);
    defined.set(name, { name, type });
  }
  return defined;
}

/** Order and names of the one or two elements of a table's or local index's key. */
export function refuseBadKeyOrder([first, second]: readonly KeySchemaElement[]): void {
  if (first?.KeyType !== "HASH") throw firstNotHash();
  if (second === undefined) return;
  if (second.KeyType !== "RANGE") {
    throw validationError("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (first.AttributeName === second.AttributeName) throw validationError(sameNames);
}

/** Of a global index: up to four HASH elements, then up to four RANGE elements, all of different names. */
export function refuseBadGlobalKeyOrder(elements: readonly KeySchemaElement[]): void {
  if (elements[0]?.KeyType !== "HASH") throw firstNotHash();
  const hashCount = elements.filter(({ KeyType }) => KeyType === "HASH").length;
  const firstRange = elements.findIndex(({ KeyType }) => KeyType === "RANGE");
  if (firstRange >= 0 && firstRange < hashCount) {
    throw invalidParameters("All HASH key attributes must precede RANGE key attributes in the KeySchema");
  }
  if (hashCount > limits.globalIndexPartitionAttributesMax) {
    throw invalidParameters("The KeySchema exceeds the maximum allowed number of HASH key attributes");
  }
  if (elements.length - hashCount > limits.globalIndexSortAttributesMax) {
    throw invalidParameters("The KeySchema exceeds the maximum allowed number of RANGE key attributes");
  }
  if (new Set(namesOf(elements)).size === elements.length) return;
  throw validationError(
    hashCount === 1 && elements.length === 2
      ? sameNames
      : "The KeySchema contains multiple key attributes with the same name",
  );
}

/** Fewer definitions than key attributes; seen for the key of the table only. */
export function refuseTooFewDefinitions(
  elements: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  if (elements.length <= definitions.length) return;
  throw validationError("Invalid KeySchema: Some index key attribute have no definition");
}

/** Every key attribute needs a definition. */
export function refuseUndefinedKeys(
  elements: readonly KeySchemaElement[],
  defined: ReadonlyMap<string, KeyAttribute>,
): void {
  const names = namesOf(elements);
  if (names.every((name) => defined.has(name))) return;
  throw invalidParameters(
    "Some index key attributes are not defined in AttributeDefinitions. " +
      `Keys: ${printed(names)}, AttributeDefinitions: ${printed(defined.keys())}`,
  );
}

/** And every definition a key that uses it. `used` holds the key attributes of the table and its indexes. */
export function refuseUnusedDefinitions(
  defined: ReadonlyMap<string, KeyAttribute>,
  used: ReadonlySet<string>,
  anyIndex: boolean,
): void {
  if ([...defined.keys()].every((name) => used.has(name))) return;
  throw invalidParameters(
    anyIndex
      ? "Some AttributeDefinitions are not used. " +
          `AttributeDefinitions: ${printed(defined.keys())}, keys used: ${printed(used)}`
      : "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
  );
}

/** The schema of a table whose rules have been checked. */
export function keySchemaOf(
  elements: readonly KeySchemaElement[],
  defined: ReadonlyMap<string, KeyAttribute>,
): KeySchema {
  const [hash, range] = namesOf(elements).map((name) => defined.get(name));
  assert(hash !== undefined, "the key attributes of a checked schema are defined");
  return range === undefined ? { hash } : { hash, range };
}

export function namesOf(elements: readonly KeySchemaElement[]): readonly string[] {
  return elements.map(({ AttributeName }) => AttributeName);
}

function firstNotHash(): Error {
  return validationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
}

/** Names in Java's way of printing a list. */
function printed(names: Iterable<string>): string {
  return `[${[...names].join(", ")}]`;
}
