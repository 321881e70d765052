/**
 * A record's key as one string of bytes in the same order: the partition with its zeros escaped, a terminator, the sort
 * key. An entry of a PostgreSQL index holds 2,704 bytes at most, so a longer key is cut: `head` is indexed, `digest` keeps
 * two long keys with the same head apart in the index, and `rest` breaks ties when they are put in order.
 */
import { assert, digest } from "../../base/index.ts";
import type { RangeBound, RecordKey } from "../contract/index.ts";

/** Leaves room in an index entry for the other columns and the digest. Part of the format. */
export const headBytesMax = 2400;

/** Of a cut key; long enough never to meet another. */
const digestBytes = 16;

/** In the partition a zero is followed by `escape`; `end` ends it, and `pastEnd` lies behind all its sort keys. */
const zero = 0x00;
const end = 0x00;
const pastEnd = 0x01;
const escape = 0xff;

const none = Buffer.alloc(0);

export interface StoredKey {
  readonly head: Uint8Array;
  /** Empty for a key that is not cut. */
  readonly digest: Uint8Array;
  /** Empty for a key that is not cut. */
  readonly rest: Uint8Array;
}

export function storedKey({ partition, sort }: Pick<RecordKey, "partition" | "sort">): StoredKey {
  return cut(joined(partition, end, sort));
}

/** Any bytes that are listed in their order, as the parts of counters. */
export function storedBytes(bytes: Uint8Array): StoredKey {
  return cut(bytes);
}

/** Where a range begins or ends; `including`: the record with exactly this key is inside. */
export interface StoredBound {
  readonly head: Uint8Array;
  readonly rest: Uint8Array;
  readonly including: boolean;
}

export function lowerBound({ partition, sort, inclusive }: RangeBound): StoredBound {
  if (sort !== undefined) return bound(joined(partition, end, sort), inclusive);
  return bound(joined(partition, inclusive ? end : pastEnd, none), true);
}

export function upperBound({ partition, sort, inclusive }: RangeBound): StoredBound {
  if (sort !== undefined) return bound(joined(partition, end, sort), inclusive);
  return bound(joined(partition, inclusive ? pastEnd : end, none), false);
}

/** The partition and sort key of what `storedKey` made. */
export function keyParts(head: Uint8Array, rest: Uint8Array): Pick<RecordKey, "partition" | "sort"> {
  const whole = rest.length === 0 ? head : Buffer.concat([head, rest]);
  let escapes = 0;
  let at = whole.indexOf(zero);
  while (whole[at + 1] === escape) {
    escapes += 1;
    at = whole.indexOf(zero, at + 2);
  }
  assert(at >= 0 && whole[at + 1] === end, "a stored key has a partition that ends");
  const escaped = whole.subarray(0, at);
  return { partition: escapes === 0 ? escaped : unescaped(escaped, escapes), sort: whole.subarray(at + 2) };
}

function joined(partition: Uint8Array, terminator: number, sort: Uint8Array): Uint8Array {
  let zeros = 0;
  for (let at = partition.indexOf(zero); at >= 0; at = partition.indexOf(zero, at + 1)) zeros += 1;
  const bytes = Buffer.allocUnsafe(partition.length + zeros + 2 + sort.length);
  let length = zeros === 0 ? copied(partition, bytes) : escaped(partition, bytes);
  bytes[length] = zero;
  bytes[length + 1] = terminator;
  length += 2;
  bytes.set(sort, length);
  return bytes;
}

function copied(partition: Uint8Array, target: Uint8Array): number {
  target.set(partition);
  return partition.length;
}

function escaped(partition: Uint8Array, target: Uint8Array): number {
  let length = 0;
  for (const byte of partition) {
    target[length] = byte;
    length += 1;
    if (byte === zero) {
      target[length] = escape;
      length += 1;
    }
  }
  return length;
}

function unescaped(escapedBytes: Uint8Array, escapes: number): Uint8Array {
  const partition = Buffer.allocUnsafe(escapedBytes.length - escapes);
  let length = 0;
  for (let at = 0; at < escapedBytes.length; at += 1) {
    partition[length] = escapedBytes[at] ?? zero;
    length += 1;
    if (escapedBytes[at] === zero) at += 1;
  }
  return partition;
}

function cut(whole: Uint8Array): StoredKey {
  if (whole.length <= headBytesMax) return { head: whole, digest: none, rest: none };
  return {
    head: whole.subarray(0, headBytesMax),
    digest: digest(whole).subarray(0, digestBytes),
    rest: whole.subarray(headBytesMax),
  };
}

function bound(whole: Uint8Array, including: boolean): StoredBound {
  return { head: whole.subarray(0, headBytesMax), rest: whole.subarray(headBytesMax), including };
}
