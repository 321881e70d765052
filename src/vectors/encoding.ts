/** Vectors as stored bytes: their 32-bit floats, little-endian, nothing else. Stored data depends on the form. */
import { assert } from "../base/index.ts";
import { isDimensions } from "./vector-of.ts";

const floatBytes = Float32Array.BYTES_PER_ELEMENT;

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes of their own: later changes of the vector do not reach them. */
export function encodeVector(vector: Float32Array): Uint8Array {
  assert(isDimensions(vector.length), "a vector has 1 to 4096 dimensions");
  const bytes = new Uint8Array(new Float32Array(vector).buffer);
  return inHostOrder(bytes);
}

/**
 * Reads back what encodeVector wrote, from bytes at any offset of their buffer. Where offset and processor allow it
 * the vector is a view of these very bytes, so it is to be read only, and only while they do not change.
 */
export function decodeVector(bytes: Uint8Array): Float32Array {
  const dimensions = bytes.length / floatBytes;
  assert(isDimensions(dimensions), "a stored vector has four bytes for each of 1 to 4096 dimensions");
  if (hostIsLittleEndian && bytes.byteOffset % floatBytes === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, dimensions);
  }
  return new Float32Array(inHostOrder(new Uint8Array(bytes)).buffer);
}

/**
 * As decodeVector, for whoever looks at many stored vectors one after the other: each is read into the same memory, and so
 * is there only until the next one. Spares the garbage collector some kilobytes for each.
 */
export function createVectorReader(dimensions: number): (bytes: Uint8Array) => Float32Array {
  assert(isDimensions(dimensions), "a vector has 1 to 4096 dimensions");
  const vector = new Float32Array(dimensions);
  const memory = new Uint8Array(vector.buffer);
  return (bytes) => {
    assert(bytes.length === memory.length, "a stored vector has four bytes for each dimension");
    memory.set(bytes);
    inHostOrder(memory);
    return vector;
  };
}

/** Little-endian to the host's order or back, in place; the bytes must be a buffer of their own. */
function inHostOrder<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  if (!hostIsLittleEndian) Buffer.from(bytes.buffer).swap32();
  return bytes;
}
