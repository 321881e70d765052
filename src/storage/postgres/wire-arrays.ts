/**
 * Arrays as parameters, in PostgreSQL's own binary form: its header, then each element behind its length. Byte strings go
 * as they are, where the text form would be twice as long, and numbers need not be read from text.
 */

const int4 = 23;
const int8 = 20;
const bytea = 17;

const headerBytes = 20;
const lengthBytes = 4;
const int32Values = 0x1_0000_0000;

export function int4Array(numbers: readonly number[]): Uint8Array {
  const bytes = arrayOf(int4, numbers.length, 4 * numbers.length);
  let at = headerBytes;
  for (const number of numbers) {
    at = bytes.writeInt32BE(number, bytes.writeInt32BE(4, at));
  }
  return bytes;
}

/** Safe integers. */
export function int8Array(numbers: readonly number[]): Uint8Array {
  const bytes = arrayOf(int8, numbers.length, 8 * numbers.length);
  let at = headerBytes;
  for (const number of numbers) {
    const high = Math.floor(number / int32Values);
    at = bytes.writeInt32BE(high, bytes.writeInt32BE(8, at));
    at = bytes.writeUInt32BE(number - high * int32Values, at);
  }
  return bytes;
}

export function byteaArray(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = arrayOf(bytea, parts.length, length);
  let at = headerBytes;
  for (const part of parts) {
    at = bytes.writeInt32BE(part.length, at);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function arrayOf(elementType: number, count: number, elementBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + count * lengthBytes + elementBytes);
  // One dimension, no nulls. The server takes an array of no elements in this form as it takes one of no dimensions.
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(elementType, 8);
  bytes.writeInt32BE(count, 12);
  // Elements are counted from 1.
  bytes.writeInt32BE(1, 16);
  return bytes;
}
