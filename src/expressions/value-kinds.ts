/** Groups of attribute types that expression rules speak of. */
import type { AttributeType, AttributeValue, SetValue } from "../values/index.ts";

/** Types that have an order: operands of <, <=, >, >= and BETWEEN; also the types of key attributes. */
export function isOrdered(type: AttributeType): boolean {
  return type === "S" || type === "N" || type === "B";
}

export function isSet(value: AttributeValue): value is SetValue {
  return value.type === "SS" || value.type === "NS" || value.type === "BS";
}

/** Stands in for a value that is missing in an expression that will be refused. */
export const nullValue: AttributeValue = Object.freeze({ type: "NULL", value: true });
