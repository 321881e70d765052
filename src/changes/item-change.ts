/**
 * The log record of an item's change: what was there, what is there now, in which table. Written in the commit of
 * the item, read by every consumer. This is a file format: a change needs a new format number, and the test keeps an
 * example of every one. Nothing here looks into the images.
 *
 *     0   u8   format, 1
 *     1   u8   flags: 1 before present, 2 after present, 4 images are whole; the others are 0
 *     2   u16  source
 *     4   u32  CRC-32 of bytes 8 to the end, seeded with the first four bytes as a number
 *     8   u64  keyspace of the table
 *     16  u64  epoch of the table
 *     24  u32  size of the item before, in DynamoDB's arithmetic; 0 when absent
 *     28  u32  size of the item after
 *     32  u16  bytes of the record key's partition part
 *     34  u16  bytes of its sort part
 *     36  u32  bytes of the image before
 *     40       partition part, sort part, image before, image after: canonical item JSON in UTF-8
 *
 * Numbers are big-endian.
 */
import { assert, crc32 } from "../base/index.ts";
import { type Keyspace, keyPartBytesMax, StorageError } from "../storage/contract/index.ts";

export interface ItemChange {
  readonly keyspace: Keyspace;
  /** Of the table, when the change was logged. */
  readonly epoch: number;
  /** Of the item's record key. */
  readonly partition: Uint8Array;
  readonly sort: Uint8Array;
  /** Canonical item JSON; absent: there was no item. */
  readonly before?: Uint8Array;
  /** Canonical item JSON; absent: there is no item any more. */
  readonly after?: Uint8Array;
  /** DynamoDB's size of the whole item, also when the image is not whole; 0 when absent. */
  readonly beforeSizeBytes: number;
  readonly afterSizeBytes: number;
  /** The images hold all attributes; false: those that some consumer needs, and always all key attributes. */
  readonly whole: boolean;
  /** Who wrote: 0 a client. Other numbers are given out by those who write them. */
  readonly source: number;
}

const changeFormat = 1;
const headerBytes = 40;
const checksumAt = 4;
const checkedFrom = 8;
const flagBefore = 1;
const flagAfter = 2;
const flagWhole = 4;
const uint16Max = 0xffff;
const uint32Values = 0x1_0000_0000;
const nothing = new Uint8Array(0);

export function encodeItemChange(change: ItemChange): Uint8Array {
  const { partition, sort, before = nothing, after = nothing } = change;
  checkChange(change);
  const bytes = new Uint8Array(headerBytes + partition.length + sort.length + before.length + after.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = changeFormat;
  bytes[1] =
    (change.before === undefined ? 0 : flagBefore) |
    (change.after === undefined ? 0 : flagAfter) |
    (change.whole ? flagWhole : 0);
  view.setUint16(2, change.source);
  writeUint64(view, 8, change.keyspace);
  writeUint64(view, 16, change.epoch);
  view.setUint32(24, change.beforeSizeBytes);
  view.setUint32(28, change.afterSizeBytes);
  view.setUint16(32, partition.length);
  view.setUint16(34, sort.length);
  view.setUint32(36, before.length);
  let at = headerBytes;
  for (const part of [partition, sort, before, after]) {
    bytes.set(part, at);
    at += part.length;
  }
  view.setUint32(checksumAt, checksum(bytes, view));
  return bytes;
}

/**
 * Keys and images are views of the bytes; nothing is copied or parsed. Throws a StorageError: `unsupported` for a
 * format of a later version, `corrupted` for anything else that is no item change.
 */
export function decodeItemChange(bytes: Uint8Array): ItemChange {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkBytes(bytes, view);
  const flags = view.getUint8(1);
  const sortAt = headerBytes + view.getUint16(32);
  const beforeAt = sortAt + view.getUint16(34);
  const afterAt = beforeAt + view.getUint32(36);
  if (afterAt > bytes.length) throw corrupted("is cut off");
  const change: ItemChange = {
    keyspace: readUint64(view, 8),
    epoch: readUint64(view, 16),
    partition: bytes.subarray(headerBytes, sortAt),
    sort: bytes.subarray(sortAt, beforeAt),
    ...((flags & flagBefore) === 0 ? {} : { before: bytes.subarray(beforeAt, afterAt) }),
    ...((flags & flagAfter) === 0 ? {} : { after: bytes.subarray(afterAt) }),
    beforeSizeBytes: view.getUint32(24),
    afterSizeBytes: view.getUint32(28),
    whole: (flags & flagWhole) !== 0,
    source: view.getUint16(2),
  };
  const imageBytes = (change.before?.length ?? 0) + (change.after?.length ?? 0);
  if (imageBytes !== bytes.length - beforeAt) throw corrupted("holds more than it says");
  return change;
}

function checkChange(change: ItemChange): void {
  const { keyspace, epoch, partition, sort, beforeSizeBytes, afterSizeBytes, source } = change;
  assert(
    Number.isSafeInteger(keyspace) && keyspace >= 0 && Number.isSafeInteger(epoch) && epoch >= 0,
    "keyspace and epoch are integers of at least 0",
  );
  assert(
    partition.length <= keyPartBytesMax && sort.length <= keyPartBytesMax,
    `a part of a key has at most ${keyPartBytesMax} bytes`,
  );
  assert(
    beforeSizeBytes >= 0 &&
      beforeSizeBytes < uint32Values &&
      afterSizeBytes >= 0 &&
      afterSizeBytes < uint32Values,
    "an item's size is an unsigned 32-bit number",
  );
  assert(
    (change.before === undefined) === (beforeSizeBytes === 0) &&
      (change.after === undefined) === (afterSizeBytes === 0),
    "an item has an image and a size, or neither",
  );
  assert(source >= 0 && source <= uint16Max, "a source is an unsigned 16-bit number");
}

function checkBytes(bytes: Uint8Array, view: DataView): void {
  if (bytes.length === 0) throw corrupted("is empty");
  const format = view.getUint8(0);
  if (format > changeFormat) {
    throw new StorageError("unsupported", `the change log holds an item change of format ${format}`);
  }
  if (format !== changeFormat || bytes.length < headerBytes) throw corrupted("has no header");
  if (view.getUint32(checksumAt) !== checksum(bytes, view)) throw corrupted("has a wrong checksum");
  if (view.getUint8(1) > (flagBefore | flagAfter | flagWhole)) throw corrupted("has unknown flags");
}

function checksum(bytes: Uint8Array, view: DataView): number {
  return crc32(bytes.subarray(checkedFrom), view.getUint32(0));
}

function writeUint64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / uint32Values));
  view.setUint32(offset + 4, value % uint32Values);
}

function readUint64(view: DataView, offset: number): number {
  const value = view.getUint32(offset) * uint32Values + view.getUint32(offset + 4);
  if (!Number.isSafeInteger(value)) throw corrupted("has a number that is too large");
  return value;
}

function corrupted(what: string): StorageError {
  return new StorageError("corrupted", `the change log holds an item change that ${what}`);
}
