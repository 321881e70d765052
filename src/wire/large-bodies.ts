/**
 * What takes milliseconds on large bodies, in slices of the thread's time: checksum, hash, text, JSON. Figures are
 * for 16 MB on the machine the sizes were chosen on.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32, type PacedWork } from "../base/index.ts";
import { type ParsedBody, parseJsonText } from "./request-body.ts";

/** Smaller bodies are dealt with in one go: a millisecond or two when everything is counted. */
export const largeBodyBytes: number = 512 * 1024;

/** 0.2 ms of CRC-32, 0.4 ms of SHA-256. */
const pieceBytes = 512 * 1024;

export type LargeBody =
  | { readonly kind: "read"; readonly parsed: ParsedBody }
  /** Too much is waiting; nothing was done. */
  | { readonly kind: "busy" };

/**
 * Copying into text takes 11 ms (18 ms when it is not ASCII) and JSON.parse 10 to 20 ms for a few long strings, 200
 * to 500 ms for many short values, and 2 s for nothing but empty arrays. Neither can be cut. So each has a turn of
 * its own, and since such a slice uses up the turn, there is one of them in a turn however many bodies wait.
 */
export async function readLargeBody(body: Uint8Array, work: PacedWork): Promise<LargeBody> {
  if ((await work.turn()) === "refused") return { kind: "busy" };
  if (!isUtf8(body)) return { kind: "read", parsed: { kind: "malformed" } };
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  await work.turn();
  return { kind: "read", parsed: parseJsonText(text) };
}

/** Lower-case hex. */
export async function sha256InSlices(body: Uint8Array, work: PacedWork): Promise<string> {
  const hash = createHash("sha256");
  await eachPiece(body, work, (piece) => hash.update(piece));
  return hash.digest("hex");
}

export async function crc32InSlices(body: Uint8Array, work: PacedWork): Promise<number> {
  let checksum = 0;
  await eachPiece(body, work, (piece) => {
    checksum = crc32(piece, checksum);
  });
  return checksum;
}

async function eachPiece(
  body: Uint8Array,
  work: PacedWork,
  visit: (piece: Uint8Array) => void,
): Promise<void> {
  for (let from = 0; from < body.length; from += pieceBytes) {
    if (from > 0) await work.turn();
    visit(body.subarray(from, from + pieceBytes));
  }
}
