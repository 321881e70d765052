/** Attribute values to vectors of 32-bit floats, the precision at which DynamoDB keeps them in an index. */
import { assert } from "../base/index.ts";
import type { AttributeValue, ListValue } from "../values/index.ts";
import type { VectorIssue } from "./issues.ts";
import { vectorLimits } from "./vector-limits.ts";

/**
 * The vector in a list of numbers. Type and length are checked before the elements, which is unconfirmed.
 * `dimensions` is the index's, 1 to 4096.
 */
export function vectorOf(value: AttributeValue, dimensions: number): Float32Array | VectorIssue {
  assert(isDimensions(dimensions), "an index has 1 to 4096 dimensions");
  if (value.type !== "L") return { kind: "vectorIssue", code: "notAList", actual: value.type };
  const { length } = value.value;
  if (length !== dimensions) {
    return { kind: "vectorIssue", code: "dimensions", expected: dimensions, actual: length };
  }
  return vectorOfElements(value.value);
}

/**
 * Whether vectorOf would find a vector, at a fraction of its price: numbers need no reading unless they are huge.
 */
export function holdsVector(value: AttributeValue | undefined, dimensions: number): value is ListValue {
  if (value?.type !== "L" || value.value.length !== dimensions) return false;
  return value.value.every(
    (element) => element.type === "N" && (element.value.length <= safeDigits || isFloat(element.value)),
  );
}

/** The largest 32-bit float has one digit more. */
const safeDigits = 38;

function isFloat(text: string): boolean {
  return Number.isFinite(Math.fround(Number(text)));
}

/**
 * As vectorOf, of elements whose number is for the caller to check. A number is rounded to the nearest 64-bit float and
 * that to the nearest 32-bit float; what is too small for one becomes 0. Both roundings are unconfirmed: the
 * documentation only says that higher precision is lost.
 */
export function vectorOfElements(elements: readonly AttributeValue[]): Float32Array | VectorIssue {
  const vector = new Float32Array(elements.length);
  for (const [index, element] of elements.entries()) {
    if (element.type !== "N") return { kind: "vectorIssue", code: "notANumber", index, actual: element.type };
    // Adding 0 makes a zero of a tiny negative number: vectors that are equal then have equal bytes.
    const rounded = Math.fround(Number(element.value)) + 0;
    if (!Number.isFinite(rounded)) return { kind: "vectorIssue", code: "overflow", index };
    vector[index] = rounded;
  }
  return vector;
}

export function isDimensions(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= vectorLimits.dimensionsMax;
}
