/**
 * Key values as bytes whose unsigned order is the order of the values: the stored order of every table. This
 * is a file format; it cannot change once a store exists (see the kept examples in the test).
 *
 * S: UTF-8 (WTF-8 for lone surrogates). B: the bytes. N: as below.
 *
 *     zero      0x80
 *     positive  0x80 + (E + 65), then the digits two by two as bytes 0..99
 *     negative  0x7f - (E + 65), then 0xfe minus each of those bytes, then 0xff
 *
 * E is the exponent of the leading digit to base 100, -65..62, so the first byte holds sign and magnitude. Zero
 * shares its first byte with the smallest positives but is alone, hence before them. A positive number whose
 * pairs begin another's comes before it, as a prefix does; of negatives it must come after, hence the 0xff.
 */

import { base64Bytes } from "./base64.ts";
import { decimalParts } from "./decimal.ts";
import { stringBytes } from "./text.ts";
import type { ScalarValue } from "./types.ts";

const zeroByte = 0x80;
const exponentBias = 65;
const negativePairTop = 0xfe;
const negativeEnd = 0xff;
const digitZero = 48;

export function encodeKeyValue(value: ScalarValue): Uint8Array {
  switch (value.type) {
    case "S":
      return stringBytes(value.value);
    case "N":
      return numberBytes(value.value);
    case "B":
      return base64Bytes(value.value);
  }
}

function numberBytes(text: string): Uint8Array {
  const { negative, digits, exponent } = decimalParts(text);
  if (digits === "") {
    return Uint8Array.of(zeroByte);
  }
  // An even exponent leaves the leading digit alone in its pair.
  const shift = exponent % 2 === 0 ? 1 : 0;
  const pairs = (digits.length + shift + 1) >>> 1;
  const magnitude = Math.floor(exponent / 2) + exponentBias;
  const bytes = new Uint8Array(pairs + (negative ? 2 : 1));
  bytes[0] = negative ? zeroByte - 1 - magnitude : zeroByte + magnitude;
  for (let index = 0; index < pairs; index += 1) {
    const pair = digitAt(digits, index * 2 - shift) * 10 + digitAt(digits, index * 2 - shift + 1);
    bytes[index + 1] = negative ? negativePairTop - pair : pair;
  }
  if (negative) {
    bytes[pairs + 1] = negativeEnd;
  }
  return bytes;
}

/** Zero outside the digits. */
function digitAt(digits: string, index: number): number {
  return index < 0 || index >= digits.length ? 0 : digits.charCodeAt(index) - digitZero;
}
