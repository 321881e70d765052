/** Sizes in DynamoDB's arithmetic: what limits and capacity units count. Not the size of any encoding. */

import { base64SizeBytes } from "./base64.ts";
import { decimalParts } from "./decimal.ts";
import { stringSizeBytes } from "./text.ts";
import type { AttributeValue, Item } from "./types.ts";

/** Lists and maps: this much for themselves and this much for each member. */
export const containerSizeBytes = 3;
export const memberSizeBytes = 1;

/** Sum over the attributes. */
export function itemSizeBytes(item: Item): number {
  let sizeBytes = 0;
  for (const [name, value] of item) {
    sizeBytes += attributeSizeBytes(name, value);
  }
  return sizeBytes;
}

/** The name's UTF-8 bytes and the value. */
export function attributeSizeBytes(name: string, value: AttributeValue): number {
  return stringSizeBytes(name) + valueSizeBytes(value);
}

export function valueSizeBytes(value: AttributeValue): number {
  switch (value.type) {
    case "S":
      return stringSizeBytes(value.value);
    case "N":
      return numberSizeBytes(value.value);
    case "B":
      return base64SizeBytes(value.value);
    case "BOOL":
    case "NULL":
      return 1;
    case "SS":
      return sumOver(value.value, stringSizeBytes);
    case "NS":
      return sumOver(value.value, numberSizeBytes);
    case "BS":
      return sumOver(value.value, base64SizeBytes);
    case "L":
      return containerSizeBytes + sumOver(value.value, (member) => memberSizeBytes + valueSizeBytes(member));
    case "M":
      return containerSizeBytes + value.value.size * memberSizeBytes + itemSizeBytes(value.value);
  }
}

/**
 * Of a normalized number: a byte for the sign and exponent and one per pair of digits, pairs being aligned at
 * the decimal point; negatives one more; zero one in all.
 */
export function numberSizeBytes(text: string): number {
  const { negative, digits, exponent } = decimalParts(text);
  if (digits === "") {
    return 1;
  }
  const pairs = (digits.length + 1) >>> 1;
  const unaligned = digits.length % 2 === 0 && exponent % 2 === 0;
  return 1 + pairs + Number(unaligned) + Number(negative);
}

function sumOver<T>(members: readonly T[], size: (member: T) => number): number {
  let sum = 0;
  for (const member of members) {
    sum += size(member);
  }
  return sum;
}
