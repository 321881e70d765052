// The log record of an item's change: a file format, so an example of it is kept here.
import { describe, expect, test } from "vitest";
import { seededRandom } from "../base/index.ts";
import { StorageError } from "../storage/contract/index.ts";
import { decodeItemChange, encodeItemChange, type ItemChange, itemShard, itemShardParts } from "./index.ts";

const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));

const modified: ItemChange = {
  keyspace: 1000,
  epoch: 7,
  partition: new Uint8Array([0xde, 0xad, 0xbe, 0xef, 0x61]),
  sort: text("s"),
  before: text('{"p":{"S":"a"}}'),
  after: text('{"p":{"S":"a"},"n":{"N":"1"}}'),
  beforeSizeBytes: 2,
  afterSizeBytes: 5,
  whole: true,
  source: 0,
};

/** Written by the first version that had item changes. Never changes. */
const keptFormat1 =
  "01070000" + // format, flags, source
  "fd41a67c" +
  "00000000000003e8" + // keyspace
  "0000000000000007" + // epoch
  "00000002" +
  "00000005" + // sizes
  "0005" +
  "0001" +
  "0000000f" + // lengths
  "deadbeef61" +
  "73" +
  "7b2270223a7b2253223a2261227d7d" +
  "7b2270223a7b2253223a2261227d2c226e223a7b224e223a2231227d7d";

describe("encoding", () => {
  test("writes the bytes that are kept, and reads them", () => {
    expect(Buffer.from(encodeItemChange(modified)).toString("hex")).toBe(keptFormat1);
    expect(plain(decodeItemChange(Buffer.from(keptFormat1, "hex")))).toEqual(modified);
  });

  test("comes back as it was, whatever is present", () => {
    const random = seededRandom(1);
    for (let round = 0; round < 500; round += 1) {
      const change = anyChange(random);
      expect(plain(decodeItemChange(encodeItemChange(change)))).toEqual(change);
    }
  });

  test("hands out views of the bytes, also of bytes inside a larger buffer", () => {
    const encoded = encodeItemChange(modified);
    const larger = new Uint8Array(encoded.length + 20);
    larger.set(encoded, 13);
    const { after, partition } = decodeItemChange(larger.subarray(13, 13 + encoded.length));
    expect([after?.buffer, partition.buffer]).toEqual([larger.buffer, larger.buffer]);
    expect(after).toEqual(modified.after);
  });

  const impossible: readonly [name: string, parts: Partial<ItemChange>][] = [
    ["an image without a size", { beforeSizeBytes: 0 }],
    ["a size of an item that is absent", { afterSizeBytes: -1 }],
    ["a key that is too long", { partition: new Uint8Array(16_385) }],
    ["a fractional epoch", { epoch: 0.5 }],
    ["a source beyond 16 bits", { source: 65_536 }],
  ];
  test.each(impossible)("asserts: %s", (_name, parts) => {
    expect(() => encodeItemChange({ ...modified, ...parts })).toThrow(
      expect.objectContaining({ name: "AssertionFailure" }),
    );
  });
});

describe("decoding refuses", () => {
  test("every single changed byte", () => {
    const bytes = encodeItemChange(modified);
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x40;
      expect(codeOf(damaged), `byte ${at}`).toBe(at === 0 ? "unsupported" : "corrupted");
    }
  });

  test("every shorter record, and a longer one", () => {
    const bytes = encodeItemChange(modified);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codeOf(bytes.subarray(0, length)), `${length} bytes`).toBe("corrupted");
    }
    expect(codeOf(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe("corrupted");
  });

  test("a format of a later version", () => {
    const bytes = encodeItemChange(modified);
    bytes[0] = 2;
    expect(codeOf(bytes)).toBe("unsupported");
    bytes[0] = 0;
    expect(codeOf(bytes)).toBe("corrupted");
  });
});

describe("the shard of items", () => {
  test("is one per table and bucket, and leads back to them", () => {
    expect(itemShard(1000, 3)).toBe(65_536_003);
    for (const [keyspace, bucket] of [
      [1000, 0],
      [1000, 65_535],
      [2 ** 36, 17],
    ] as const) {
      expect(itemShardParts(itemShard(keyspace, bucket))).toEqual({ keyspace, bucket });
    }
  });

  test("asserts that the bucket is one", () => {
    expect(() => itemShard(1000, 65_536)).toThrow("a bucket is below 65536");
  });
});

function codeOf(bytes: Uint8Array): string | undefined {
  try {
    decodeItemChange(bytes);
    return undefined;
  } catch (error: unknown) {
    return error instanceof StorageError ? error.code : String(error);
  }
}

/** Views may be Buffers; only their bytes are compared. */
function plain(change: ItemChange): ItemChange {
  return {
    ...change,
    partition: Uint8Array.from(change.partition),
    sort: Uint8Array.from(change.sort),
    ...(change.before === undefined ? {} : { before: Uint8Array.from(change.before) }),
    ...(change.after === undefined ? {} : { after: Uint8Array.from(change.after) }),
  };
}

function anyChange(random: ReturnType<typeof seededRandom>): ItemChange {
  const before = random.below(3) > 0 ? random.bytes(random.below(300)) : undefined;
  const after = random.below(3) > 0 ? random.bytes(random.below(300)) : undefined;
  return {
    keyspace: random.below(2 ** 20) * 2 ** 16,
    epoch: random.uint32() * 2 ** 20,
    partition: random.bytes(random.below(80)),
    sort: random.bytes(random.below(80)),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    beforeSizeBytes: before === undefined ? 0 : random.below(400_000) + 1,
    afterSizeBytes: after === undefined ? 0 : random.below(400_000) + 1,
    whole: random.below(2) === 1,
    source: random.below(65_536),
  };
}
