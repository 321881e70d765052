/** Equality of all values and order of the three scalar types. No type is ever converted to another. */

import { compareBytes } from "../base/index.ts";
import { base64Bytes } from "./base64.ts";
import { compareDecimals } from "./decimal.ts";
import { compareStrings } from "./text.ts";
import type { AttributeValue, Item, ScalarValue, SetValue } from "./types.ts";

/** Sets in any order, lists in order, maps by name; normalized texts make equal numbers and binaries equal. */
export function valuesEqual(left: AttributeValue, right: AttributeValue): boolean {
  if (isScalar(left)) {
    return left.type === right.type && left.value === right.value;
  }
  switch (left.type) {
    case "BOOL":
      return right.type === "BOOL" && left.value === right.value;
    case "NULL":
      return right.type === "NULL";
    case "L":
      return right.type === "L" && listsEqual(left.value, right.value);
    case "M":
      return right.type === "M" && itemsEqual(left.value, right.value);
    default:
      return left.type === right.type && setsEqual(left.value, right.value);
  }
}

/** Negative, zero or positive; undefined unless both are S, both N or both B. */
export function compareScalars(left: AttributeValue, right: AttributeValue): number | undefined {
  if (!isScalar(left) || left.type !== right.type) {
    return undefined;
  }
  switch (left.type) {
    case "S":
      return compareStrings(left.value, right.value);
    case "N":
      return compareDecimals(left.value, right.value);
    case "B":
      return compareBytes(base64Bytes(left.value), base64Bytes(right.value));
  }
}

/** True for the types that have an order and may be keys. */
export function isScalar(value: AttributeValue): value is ScalarValue {
  return value.type === "S" || value.type === "N" || value.type === "B";
}

/** Members of either are unique, so equal sizes and one inclusion are enough. */
function setsEqual(left: SetValue["value"], right: SetValue["value"]): boolean {
  if (left.length !== right.length) {
    return false;
  }
  const members = new Set(right);
  return left.every((member) => members.has(member));
}

function listsEqual(left: readonly AttributeValue[], right: readonly AttributeValue[]): boolean {
  return (
    left.length === right.length &&
    left.every((member, index) => {
      const other = right[index];
      return other !== undefined && valuesEqual(member, other);
    })
  );
}

function itemsEqual(left: Item, right: Item): boolean {
  if (left.size !== right.size) {
    return false;
  }
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other === undefined || !valuesEqual(value, other)) {
      return false;
    }
  }
  return true;
}
