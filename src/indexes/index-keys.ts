/** Index key attributes of an item that is about to be written: absent is fine, anything else must fit. */
import { limits } from "../base/index.ts";
import type { KeyAttribute } from "../catalog/index.ts";
import type { AttributeValue, Item, ScalarValue } from "../values/index.ts";
import { holdsVector, vectorIssueText, vectorOf } from "../vectors/index.ts";
import { keyBytes } from "./composite-key.ts";
import type { EntryShape, TableIndexes, VectorShape } from "./index-shape.ts";

export type IndexKeyIssue =
  | {
      readonly kind: "type";
      readonly index: string;
      readonly attribute: KeyAttribute;
      readonly actual: AttributeValue["type"];
    }
  | { readonly kind: "empty"; readonly index: string; readonly attribute: KeyAttribute }
  /** `role`: whether the partition part or the sort part of the key is too long. */
  | { readonly kind: "size"; readonly index: string; readonly role: "hash" | "range" }
  /** Not the vector the index was declared for; with the whole text of the refusal. */
  | { readonly kind: "vector"; readonly index: string; readonly text: string };

/**
 * The first thing that is wrong, index by index: local ones first, vector indexes last. Values of INLINE_FILTER
 * attributes may be of any type (unconfirmed); a search does not find what is not of the declared one. `isNew`: only
 * these attributes are looked at; items that were there before an index may hold what it does not take.
 */
export function indexKeyIssue(
  indexes: TableIndexes,
  item: Item,
  isNew: IsNew = () => true,
): IndexKeyIssue | undefined {
  for (const index of [...indexes.local, ...indexes.global]) {
    const issue = keyIssue(index, item, isNew);
    if (issue !== undefined) return issue;
  }
  for (const index of indexes.vector) {
    const issue = keyIssue(index, item, isNew) ?? vectorIssue(index, item, isNew);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

type IsNew = (name: string) => boolean;

function vectorIssue(
  { name, vectorAttribute: attribute, dimensions }: VectorShape,
  item: Item,
  isNew: IsNew,
): IndexKeyIssue | undefined {
  const value = item.get(attribute);
  if (value === undefined || !isNew(attribute) || holdsVector(value, dimensions)) return undefined;
  const vector = vectorOf(value, dimensions);
  if (vector instanceof Float32Array) return undefined;
  return { kind: "vector", index: name, text: vectorIssueText(vector, { attribute, indexName: name }) };
}

function keyIssue(index: EntryShape, item: Item, isNew: IsNew): IndexKeyIssue | undefined {
  if (![...index.hash, ...index.range].some(({ name }) => isNew(name))) return undefined;
  for (const attribute of [...index.hash, ...index.range]) {
    const value = item.get(attribute.name);
    if (value === undefined || !isNew(attribute.name)) continue;
    if (value.type !== attribute.type) {
      return { kind: "type", index: index.name, attribute, actual: value.type };
    }
    if (value.value === "") return { kind: "empty", index: index.name, attribute };
  }
  if (partBytes(index.hash, item) > limits.partitionKeyBytesMax) {
    return { kind: "size", index: index.name, role: "hash" };
  }
  if (partBytes(index.range, item) > limits.sortKeyBytesMax) {
    return { kind: "size", index: index.name, role: "range" };
  }
  return undefined;
}

/** Of all attributes of one part together; that several share one limit is unconfirmed. */
function partBytes(attributes: readonly KeyAttribute[], item: Item): number {
  return keyBytes(
    attributes.flatMap(({ name, type }) => {
      const value = item.get(name);
      return value?.type === type ? [value as ScalarValue] : [];
    }),
  );
}
