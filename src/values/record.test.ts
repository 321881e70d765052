/** Stored records: fields survive, damage is seen, and old bytes stay readable. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { AssertionFailure } from "../base/index.ts";
import { encodeRecord, recordAttachment, recordHeader, recordIntact, recordJson } from "./record.ts";

const fields = fc.record({
  sizeBytes: fc.integer({ min: 0, max: 0xffff_ffff }),
  writeTimeMicros: fc.maxSafeNat(),
  regionId: fc.integer({ min: 0, max: 0xffff }),
  flags: fc.integer({ min: 0, max: 0x7f }),
});

test("what is written is read back", () => {
  fc.assert(
    fc.property(fields, fc.uint8Array({ maxLength: 50 }), (header, json) => {
      const bytes = encodeRecord(header, json);
      expect(recordHeader(bytes)).toMatchObject({ ...header, format: 1 });
      expect([...recordJson(bytes)]).toEqual([...json]);
      expect(recordIntact(bytes)).toBe(true);
      expect(bytes.buffer.byteLength).toBe(20 + json.length);
    }),
    { seed: 71, numRuns: 300 },
  );
});

test("an attachment is read back beside the JSON, and damage to it is seen", () => {
  const attachments = fc.uint8Array({ maxLength: 50 });
  fc.assert(
    fc.property(fields, fc.uint8Array({ maxLength: 50 }), attachments, (header, json, attachment) => {
      const bytes = encodeRecord(header, json, attachment);
      expect(recordHeader(bytes)).toMatchObject({ ...header, format: 1 });
      expect([...recordJson(bytes)]).toEqual([...json]);
      expect([...(recordAttachment(bytes) ?? [])]).toEqual([...attachment]);
      expect(recordIntact(bytes)).toBe(true);
      if (attachment.length === 0) return;
      bytes[24] = (bytes[24] ?? 0) ^ 1;
      expect(recordIntact(bytes)).toBe(false);
    }),
    { seed: 72, numRuns: 300 },
  );
  expect(recordAttachment(encodeRecord(plainHeader, new Uint8Array(3)))).toBeUndefined();
});

const plainHeader = { sizeBytes: 1, writeTimeMicros: 2, regionId: 3 };

test("JSON is a view, not a copy", () => {
  const bytes = encodeRecord({ sizeBytes: 1, writeTimeMicros: 2, regionId: 3 }, Uint8Array.of(9));
  expect(recordJson(bytes).buffer).toBe(bytes.buffer);
});

test("any changed bit is seen, and any missing byte", () => {
  const bytes = encodeRecord(
    { sizeBytes: 77, writeTimeMicros: 1.7e15, regionId: 3 },
    Buffer.from('{"a":{"S":"b"}}'),
  );
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const damaged = bytes.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(recordIntact(damaged), `bit ${bit}`).toBe(false);
  }
  for (let length = 0; length < bytes.length; length += 1) {
    expect(recordIntact(bytes.subarray(0, length)), `length ${length}`).toBe(false);
  }
});

/** Written by the first version; every later one reads it. A row may be added, none may change. */
const keptRecord =
  "01050102bc32e64a0000001700060a24182022407b2273686972742d636f6c6f72223a7b2253223a2252227d2c2273686972742d73697a65223a7b2253223a224d227d7d";

test("the kept record of format 1", () => {
  const bytes = new Uint8Array(Buffer.from(keptRecord, "hex"));
  expect(recordIntact(bytes)).toBe(true);
  expect(recordHeader(bytes)).toEqual({
    format: 1,
    flags: 5,
    regionId: 258,
    crc32: 3_157_452_362,
    sizeBytes: 23,
    writeTimeMicros: 1_700_000_000_123_456,
  });
  const json = '{"shirt-color":{"S":"R"},"shirt-size":{"S":"M"}}';
  expect(Buffer.from(recordJson(bytes)).toString()).toBe(json);
  const again = encodeRecord(
    { sizeBytes: 23, writeTimeMicros: 1_700_000_000_123_456, regionId: 258, flags: 5 },
    Buffer.from(json),
  );
  expect(Buffer.from(again).toString("hex")).toBe(keptRecord);
});

/** The entry of a vector index: its vector, 1.5 and -2 as little-endian 32-bit floats, lies before its JSON. */
const keptAttached =
  "0180000006c08a550000000e00060a2418202240000000080000c03f000000c07b22706b223a7b2253223a2261227d7d";

test("the kept record with an attachment", () => {
  const bytes = new Uint8Array(Buffer.from(keptAttached, "hex"));
  expect(recordIntact(bytes)).toBe(true);
  expect(recordHeader(bytes)).toMatchObject({ format: 1, flags: 0, sizeBytes: 14 });
  const vector = Uint8Array.of(0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0);
  expect(recordAttachment(bytes)).toEqual(vector);
  const json = '{"pk":{"S":"a"}}';
  expect(Buffer.from(recordJson(bytes)).toString()).toBe(json);
  const header = { sizeBytes: 14, writeTimeMicros: 1_700_000_000_123_456, regionId: 0 };
  const again = encodeRecord(header, Buffer.from(json), vector);
  expect(Buffer.from(again).toString("hex")).toBe(keptAttached);
});

test.each([
  ["too short", Uint8Array.of(1, 2, 3)],
  ["another format", new Uint8Array(30).fill(2)],
])("no record: %s", (_name, bytes) => {
  expect(() => recordHeader(bytes)).toThrow(AssertionFailure);
  expect(recordIntact(bytes)).toBe(false);
});

test.each([
  { sizeBytes: -1, writeTimeMicros: 0, regionId: 0 },
  { sizeBytes: 2 ** 32, writeTimeMicros: 0, regionId: 0 },
  { sizeBytes: 0, writeTimeMicros: 0.5, regionId: 0 },
  { sizeBytes: 0, writeTimeMicros: -1, regionId: 0 },
  { sizeBytes: 0, writeTimeMicros: 0, regionId: 65_536 },
  { sizeBytes: 0, writeTimeMicros: 0, regionId: 0, flags: 128 },
])("fields that do not fit are a mistake: %j", (header) => {
  expect(() => encodeRecord(header, new Uint8Array(0))).toThrow(AssertionFailure);
});
