/**
 * Strings as DynamoDB counts and orders them: by their UTF-8 bytes. JSON can carry lone surrogates, which have
 * no UTF-8; they count and sort as the three bytes WTF-8 gives them, so that nothing a client sent is lost or
 * two keys become one.
 */

/** Below this a loop in JavaScript is cheaper than a call into the runtime. */
const shortLength = 24;

/** UTF-8 length; a lone surrogate counts 3. */
export function stringSizeBytes(text: string): number {
  const { length } = text;
  if (length > shortLength) {
    // Node counts 3 bytes for a lone surrogate too (it would write U+FFFD there).
    return Buffer.byteLength(text);
  }
  for (let index = 0; index < length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) {
      return Buffer.byteLength(text);
    }
  }
  return length;
}

/** Negative, zero or positive, as the UTF-8 bytes compare (UTF-16 order differs above U+D7FF). */
export function compareStrings(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  const length = Math.min(left.length, right.length);
  let index = 0;
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) {
    index += 1;
  }
  if (index === length) {
    return left.length - right.length || 0;
  }
  // A high surrogate just before is the same on both sides, but may begin a pair on one of them only.
  if (index > 0 && isHighSurrogate(left.charCodeAt(index - 1))) {
    const order = codePoint(left, index - 1) - codePoint(right, index - 1);
    if (order !== 0) {
      return order;
    }
  }
  return codePoint(left, index) - codePoint(right, index);
}

/** WTF-8, in an array of its own. */
export function stringBytes(text: string): Uint8Array {
  const { length } = text;
  if (length <= shortLength) {
    const bytes = new Uint8Array(length);
    let index = 0;
    for (; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        break;
      }
      bytes[index] = unit;
    }
    if (index === length) {
      return bytes;
    }
  }
  return text.isWellFormed() ? wellFormedBytes(text) : wtf8Bytes(text);
}

function wellFormedBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

/** Three bytes per code point below U+10000 is right for lone surrogates as well. */
function wtf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(stringSizeBytes(text));
  let offset = 0;
  for (const character of text) {
    const code = codePoint(character, 0);
    if (code < 0x80) {
      bytes[offset++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[offset++] = 0xc0 | (code >>> 6);
    } else {
      if (code < 0x1_0000) {
        bytes[offset++] = 0xe0 | (code >>> 12);
      } else {
        bytes[offset++] = 0xf0 | (code >>> 18);
        bytes[offset++] = 0x80 | ((code >>> 12) & 0x3f);
      }
      bytes[offset++] = 0x80 | ((code >>> 6) & 0x3f);
    }
    bytes[offset++] = 0x80 | (code & 0x3f);
  }
  return bytes;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function codePoint(text: string, index: number): number {
  return text.codePointAt(index) ?? -1;
}
