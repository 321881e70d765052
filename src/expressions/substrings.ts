/**
 * Prefixes and parts of strings and binaries as their bytes have them. Strings are UTF-16 here, where a lone
 * surrogate at the edge of a part could match half of a pair; in bytes it cannot.
 */
import { base64Bytes, stringBytes } from "../values/index.ts";

export function textStartsWith(text: string, prefix: string): boolean {
  return text.startsWith(prefix) && !splitsPair(text, prefix.length);
}

/** Whether the offset lies between the two halves of a surrogate pair. */
function splitsPair(text: string, offset: number): boolean {
  return offset > 0 && isHigh(text.charCodeAt(offset - 1)) && isLow(text.charCodeAt(offset));
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/**
 * The engine's own search compares up to the product of both lengths when the part is long: 5 s were measured
 * for 200,000 characters in 400,000 made for it. Up to this length its tables keep it linear.
 */
const nativePartMax = 200;

export function textIncludes(text: string, part: string): boolean {
  const plain = !isLow(part.charCodeAt(0)) && !isHigh(part.charCodeAt(part.length - 1));
  if (plain && part.length <= nativePartMax) return text.includes(part);
  return part.length <= text.length && bytesInclude(stringBytes(text), stringBytes(part));
}

/** Both in base64. */
export function binaryStartsWith(base64: string, prefixBase64: string): boolean {
  const prefix = Buffer.from(prefixBase64, "base64");
  // Three bytes are four characters: no more of the value is decoded than the prefix needs.
  const characters = Math.ceil(prefix.length / 3) * 4;
  const start = Buffer.from(base64.slice(0, characters), "base64").subarray(0, prefix.length);
  return start.equals(prefix);
}

/** Both in base64. */
export function binaryIncludes(base64: string, partBase64: string): boolean {
  return bytesInclude(base64Bytes(base64), base64Bytes(partBase64));
}

function bytesInclude(bytes: Uint8Array, part: Uint8Array): boolean {
  if (part.length > bytes.length) return false;
  if (part.length <= nativePartMax) return asBuffer(bytes).includes(asBuffer(part));
  return linearIncludes(bytes, part);
}

/** The same memory. */
function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** Knuth, Morris and Pratt's search: looks at each byte of either side about twice, whatever they hold. */
function linearIncludes(bytes: Uint8Array, part: Uint8Array): boolean {
  const borders = borderLengths(part);
  let matched = 0;
  for (const byte of bytes) {
    while (matched > 0 && part[matched] !== byte) matched = borders[matched - 1] ?? 0;
    if (part[matched] === byte) matched += 1;
    if (matched === part.length) return true;
  }
  return false;
}

/** For each position, how many bytes that end there are also the first ones of the part. */
function borderLengths(part: Uint8Array): Int32Array {
  const borders = new Int32Array(part.length);
  let matched = 0;
  for (let index = 1; index < part.length; index += 1) {
    const byte = part[index];
    while (matched > 0 && part[matched] !== byte) matched = borders[matched - 1] ?? 0;
    if (part[matched] === byte) matched += 1;
    borders[index] = matched;
  }
  return borders;
}
