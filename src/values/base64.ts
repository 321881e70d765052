/** Binary values live as canonical base64 text; this is the way to their bytes and back. */

/** Padded, standard alphabet. The bits of the last character that stand for nothing are checked apart. */
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;

/** Last characters whose unused bits are zero: before two pads (four bits unused), before one pad (two). */
const lastBeforeTwoPads = "AQgw";
const lastBeforeOnePad = "AEIMQUYcgkosw048";

/**
 * The one text that stands for these bytes. Whoever reads requests has refused bad base64 already; what still
 * is not canonical is read as Node reads it, so that equal bytes are equal texts whatever came in.
 */
export function canonicalBase64(text: string): string {
  return isCanonical(text) ? text : Buffer.from(text, "base64").toString("base64");
}

/** Of canonical text. */
export function base64SizeBytes(text: string): number {
  const { length } = text;
  const pads = text.endsWith("==") ? 2 : Number(text.endsWith("="));
  return (length / 4) * 3 - pads;
}

/** The bytes, in an array of their own. */
export function base64Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(base64SizeBytes(text));
  Buffer.from(bytes.buffer).write(text, "base64");
  return bytes;
}

export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function isCanonical(text: string): boolean {
  const { length } = text;
  if (length % 4 !== 0 || !base64Pattern.test(text)) {
    return false;
  }
  if (!text.endsWith("=")) {
    return true;
  }
  return text.endsWith("==")
    ? lastBeforeTwoPads.includes(text.charAt(length - 3))
    : lastBeforeOnePad.includes(text.charAt(length - 2));
}
