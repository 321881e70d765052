/** CRC-32 (the polynomial of zlib, gzip and the x-amz-crc32 header). */

import { crc32 as zlibCrc32 } from "node:zlib";

/** Unsigned 32-bit checksum; `start` is the checksum of the bytes before these, or any seed. */
export function crc32(bytes: Uint8Array, start: number = 0): number {
  return zlibCrc32(bytes, start);
}
