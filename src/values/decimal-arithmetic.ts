/** Exact sums and differences of normalized numbers, as SET with + and - and ADD need them. */

import { type DecimalParts, decimalOf, decimalParts, type DecimalResult } from "./decimal.ts";

/** Sums of numbers no longer than this are exact as JavaScript numbers. */
const safeLengthMax = 15;

/**
 * Both normalized. A result that needs more than 38 digits is refused with the message for storing such a
 * number, not rounded: whether DynamoDB rounds is unconfirmed, and it never rounds what a client sends.
 */
export function addDecimals(left: string, right: string): DecimalResult {
  if (isShortInteger(left) && isShortInteger(right)) {
    return { kind: "decimal", text: String(Number(left) + Number(right)) };
  }
  return exactSum(decimalParts(left), decimalParts(right));
}

/** Left minus right, both normalized; otherwise as addDecimals. */
export function subtractDecimals(left: string, right: string): DecimalResult {
  return addDecimals(left, negate(right));
}

function negate(text: string): string {
  if (text === "0") {
    return text;
  }
  return text.startsWith("-") ? text.slice(1) : `-${text}`;
}

function isShortInteger(text: string): boolean {
  return text.length <= safeLengthMax && !text.includes(".");
}

/** The range of exponents bounds the integers to about 300 digits. */
function exactSum(a: DecimalParts, b: DecimalParts): DecimalResult {
  if (a.digits === "") {
    return sumOf(integerOf(b, lowestExponent(b)), lowestExponent(b));
  }
  const lowest = b.digits === "" ? lowestExponent(a) : Math.min(lowestExponent(a), lowestExponent(b));
  return sumOf(integerOf(a, lowest) + integerOf(b, lowest), lowest);
}

/** Exponent of the last significant digit. */
function lowestExponent(parts: DecimalParts): number {
  return parts.exponent - parts.digits.length + 1;
}

/** The number divided by ten to the `scale`. */
function integerOf(parts: DecimalParts, scale: number): bigint {
  if (parts.digits === "") {
    return 0n;
  }
  const integer = BigInt(parts.digits + "0".repeat(lowestExponent(parts) - scale));
  return parts.negative ? -integer : integer;
}

function sumOf(integer: bigint, scale: number): DecimalResult {
  if (integer === 0n) {
    return { kind: "decimal", text: "0" };
  }
  const negative = integer < 0n;
  const all = (negative ? -integer : integer).toString();
  let end = all.length;
  while (all.charAt(end - 1) === "0") {
    end -= 1;
  }
  return decimalOf(negative, all.slice(0, end), all.length - 1 + scale);
}
