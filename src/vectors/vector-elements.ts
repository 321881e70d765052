/** A stored vector as the attribute value it came from, as far as 32 bits keep it. */
import { assert } from "../base/index.ts";
import { type AttributeValue, type ListValue, parseAttributeValue } from "../values/index.ts";

/**
 * Each number in the fewest digits that make the same 32-bit float again: 0.1 for what was written as 0.1. That
 * DynamoDB prints them so is unconfirmed.
 */
export function vectorElements(vector: Float32Array): ListValue {
  return { type: "L", value: Array.from(vector, numberOf) };
}

/** Every decimal of so many digits survives the way to a 32-bit float and back; none needs more than the other. */
const digitsMin = 6;
const digitsMax = 9;

/** Components of embeddings need eight or nine digits, so those are tried first: trying takes most of the time. */
function numberOf(component: number): AttributeValue {
  let shortest = Number(component.toPrecision(digitsMax));
  for (let digits = digitsMax - 1; digits >= digitsMin; digits -= 1) {
    const shorter = Number(component.toPrecision(digits));
    if (Math.fround(shorter) !== component) break;
    shortest = shorter;
  }
  const text = String(shortest);
  if (!text.includes("e")) return { type: "N", value: text };
  const parsed = parseAttributeValue({ N: text });
  assert(parsed.kind !== "valueIssue", "every 32-bit float is a number");
  return parsed.value;
}
