/**
 * Several key values as one run of bytes, in the order of the values one after the other: keys of index entries. This
 * is a file format; it cannot change once a store exists.
 *
 * Each value's ordered bytes, with every 0x00 written as 0x00 0xff, then 0x00 0x01. So the end of a value comes before
 * anything that could follow in a longer one, and what follows it decides only between equal values.
 */
import { base64SizeBytes, encodeKeyValue, type ScalarValue, stringSizeBytes } from "../values/index.ts";

const escaped = 0xff;
const end = 0x01;

/** Ordered bytes, joined. */
function joinKeyBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length + zeros(part) + 2;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    at = writeEscaped(bytes, at, part);
    bytes[at] = 0;
    bytes[at + 1] = end;
    at += 2;
  }
  return bytes;
}

export function compositeKey(values: readonly ScalarValue[]): Uint8Array {
  return joinKeyBytes(values.map(encodeKeyValue));
}

/** Of the values' ordered bytes, without what joins them: what limits count. */
export function keyBytes(values: readonly ScalarValue[]): number {
  return values.reduce((sum, value) => sum + scalarBytes(value), 0);
}

function scalarBytes(value: ScalarValue): number {
  if (value.type === "S") return stringSizeBytes(value.value);
  return value.type === "B" ? base64SizeBytes(value.value) : encodeKeyValue(value).length;
}

/** What every composite key begins with whose first value begins with these ordered bytes. */
export function openKeyBytes(part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(part.length + zeros(part));
  writeEscaped(bytes, 0, part);
  return bytes;
}

function writeEscaped(bytes: Uint8Array, from: number, part: Uint8Array): number {
  let at = from;
  for (const byte of part) {
    bytes[at] = byte;
    at += 1;
    if (byte === 0) {
      bytes[at] = escaped;
      at += 1;
    }
  }
  return at;
}

function zeros(part: Uint8Array): number {
  let count = 0;
  for (const byte of part) if (byte === 0) count += 1;
  return count;
}
