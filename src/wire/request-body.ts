/** From the bytes of a request body to JSON: unpacking, UTF-8, parsing. Bounded whatever comes in. */
import { isUtf8 } from "node:buffer";
import { gunzip } from "node:zlib";

export type UnpackedBody =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "tooLarge" }
  | { readonly kind: "malformed" };

export type ParsedBody =
  | { readonly kind: "json"; readonly json: unknown }
  | { readonly kind: "empty" }
  | { readonly kind: "malformed" };

export function isGzip(contentEncoding: string | undefined): boolean {
  return contentEncoding !== undefined && contentEncoding.trim().toLowerCase() === "gzip";
}

/** Unpacking stops as soon as more than `bytesMax` have come out. Runs outside the main thread. */
export function unpackGzip(body: Uint8Array, bytesMax: number): Promise<UnpackedBody> {
  return new Promise((resolve) => {
    gunzip(body, { maxOutputLength: bytesMax }, (error, bytes) => {
      if (error === null) resolve({ kind: "bytes", bytes });
      else resolve({ kind: isOutputTooLarge(error) ? "tooLarge" : "malformed" });
    });
  });
}

/**
 * Text that is not UTF-8 is malformed, not repaired. A byte order mark is malformed too (unconfirmed:
 * DynamoDB may skip it).
 */
export function parseJsonBody(body: Uint8Array): ParsedBody {
  if (body.length === 0) return { kind: "empty" };
  if (!isUtf8(body)) return { kind: "malformed" };
  return parseJsonText(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
}

export function parseJsonText(text: string): ParsedBody {
  try {
    const json: unknown = JSON.parse(text);
    return { kind: "json", json };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "malformed" };
    throw error;
  }
}

function isOutputTooLarge(error: Error): boolean {
  return "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
