/**
 * A stored item: a header of 20 bytes, then its canonical JSON. What every reader needs without parsing
 * (size for limits and capacity, time and region for last-writer-wins and export) is in the header. This is a
 * file format: a change needs a new format number, and the test keeps examples of every one.
 *
 *     0   u8   format, 1
 *     1   u8   flags: the topmost says that something is attached, the meaning of the others is left to those who set them
 *     2   u16  region
 *     4   u32  CRC-32 of bytes 8 to the end, seeded with the first four bytes as a number
 *     8   u32  size in DynamoDB's arithmetic
 *     12  u64  write time in microseconds since 1970
 *     20       with an attachment: u32 its length, then its bytes; then the JSON in UTF-8
 *
 * Numbers are big-endian.
 */

import { assert, crc32 } from "../base/index.ts";

const recordFormat = 1;

const headerBytes = 20;
const checksumAt = 4;
const checkedFrom = 8;
const uint32Values = 0x1_0000_0000;
const attachedFlag = 0x80;
const attachmentLengthBytes = 4;

export interface RecordFields {
  readonly sizeBytes: number;
  readonly writeTimeMicros: number;
  readonly regionId: number;
  /** 7 bits; 0 when absent. */
  readonly flags?: number;
}

export interface RecordHeader extends Required<RecordFields> {
  readonly format: number;
  readonly crc32: number;
}

/** One array with header and JSON. `attachment`: what belongs to the item and is no JSON, as the vector of an index entry. */
export function encodeRecord(fields: RecordFields, json: Uint8Array, attachment?: Uint8Array): Uint8Array {
  const { sizeBytes, writeTimeMicros, regionId, flags = 0 } = fields;
  assert(sizeBytes >= 0 && sizeBytes < uint32Values, "an item's size is an unsigned 32-bit number");
  assert(writeTimeMicros >= 0 && Number.isSafeInteger(writeTimeMicros), "a write time is whole microseconds");
  assert(
    regionId >= 0 && regionId <= 0xffff && flags >= 0 && flags < attachedFlag,
    "region 16 bits, flags 7",
  );
  const jsonAt = headerBytes + (attachment === undefined ? 0 : attachmentLengthBytes + attachment.length);
  const bytes = new Uint8Array(jsonAt + json.length);
  bytes[0] = recordFormat;
  bytes[1] = attachment === undefined ? flags : flags | attachedFlag;
  bytes[2] = regionId >>> 8;
  bytes[3] = regionId;
  writeUint32(bytes, 8, sizeBytes);
  writeUint32(bytes, 12, Math.floor(writeTimeMicros / uint32Values));
  writeUint32(bytes, 16, writeTimeMicros % uint32Values);
  if (attachment !== undefined) {
    writeUint32(bytes, headerBytes, attachment.length);
    bytes.set(attachment, headerBytes + attachmentLengthBytes);
  }
  bytes.set(json, jsonAt);
  writeUint32(bytes, checksumAt, checksum(bytes));
  return bytes;
}

/** Asserts that the bytes are a record of a known format; does not check the checksum. */
export function recordHeader(bytes: Uint8Array): RecordHeader {
  assert(bytes.length >= headerBytes && bytes[0] === recordFormat, "a record has a known format");
  return {
    format: recordFormat,
    flags: (bytes[1] ?? 0) & ~attachedFlag,
    regionId: readUint32(bytes, 0) & 0xffff,
    crc32: readUint32(bytes, checksumAt),
    sizeBytes: readUint32(bytes, 8),
    writeTimeMicros: readUint32(bytes, 12) * uint32Values + readUint32(bytes, 16),
  };
}

/** A view of the JSON; nothing is copied. */
export function recordJson(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(isAttached(bytes) ? attachmentEnd(bytes) : headerBytes);
}

/** A view of what is attached; undefined for nothing. */
export function recordAttachment(bytes: Uint8Array): Uint8Array | undefined {
  if (!isAttached(bytes)) return undefined;
  return bytes.subarray(headerBytes + attachmentLengthBytes, attachmentEnd(bytes));
}

function isAttached(bytes: Uint8Array): boolean {
  return ((bytes[1] ?? 0) & attachedFlag) !== 0;
}

function attachmentEnd(bytes: Uint8Array): number {
  const end = headerBytes + attachmentLengthBytes + readUint32(bytes, headerBytes);
  assert(end <= bytes.length, "an attachment ends within its record");
  return end;
}

/** False when the format is unknown, the record too short, or the checksum wrong. */
export function recordIntact(bytes: Uint8Array): boolean {
  return (
    bytes.length >= headerBytes &&
    bytes[0] === recordFormat &&
    readUint32(bytes, checksumAt) === checksum(bytes)
  );
}

function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(checkedFrom), readUint32(bytes, 0));
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  const low = ((bytes[offset + 1] ?? 0) << 16) | ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
  return (bytes[offset] ?? 0) * 0x100_0000 + low;
}
