/**
 * The part of a body that comes after its answer: read and forgotten, since a socket closed with unread bytes would
 * take the answer back.
 */
import type { RequestHead } from "./request-head.ts";

/** When the answer is written: all read; little of it is left to read; the rest is not wanted. */
export type BodyState = "read" | "nearlyRead" | "unwanted";

/** Reading on to the end of a refused body of this size is cheaper than another connection. */
const nearlyReadBytesMax = 65_536;
/** A client that goes on sending after its answer gets the reset it asked for. */
const forgottenBytesMax = 64 * 1024 * 1024;
const unknown = Number.POSITIVE_INFINITY;

/** The end of a body in chunks is not known beforehand. */
export function bodyBytesOf({ framing }: RequestHead): number {
  return framing.kind === "length" ? framing.bytes : unknown;
}

/** Of a request that is answered when so many bytes of its body, or of what follows it, are here. */
export function bodyStateOf(head: RequestHead, hereBytes: number): BodyState {
  const missingBytes = bodyBytesOf(head) - hereBytes;
  if (missingBytes <= 0) return "read";
  // Who waits to be told to go on might send the body after an answer, or not.
  return missingBytes <= nearlyReadBytesMax && !head.expectsContinue ? "nearlyRead" : "unwanted";
}

export class Remainder {
  #leftBytes: number;
  #forgottenBytes = 0;

  /** Of the whole body, as far as it has not been pushed; infinite when that cannot be told. */
  constructor(leftBytes: number) {
    this.#leftBytes = leftBytes;
  }

  /** What follows the body, once its end has come. */
  push(piece: Uint8Array): Uint8Array | "more" | "tooMuch" {
    if (piece.length >= this.#leftBytes) return piece.subarray(this.#leftBytes);
    this.#leftBytes -= piece.length;
    this.#forgottenBytes += piece.length;
    return this.#forgottenBytes > forgottenBytesMax ? "tooMuch" : "more";
  }
}
