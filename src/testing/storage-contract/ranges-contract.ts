/** Contract: ranges in both directions, their bounds and their limits. */
import { expect, test } from "vitest";
import type { Engine, RangeBound, RangeRequest } from "../../storage/contract/index.ts";
import { patternBytes } from "./records-contract.ts";
import { bytes, key, text, type WithStore, write } from "./subject.ts";

/** In order. A letter, "/" and the sort key; "b" has several, one of them a prefix of others. */
const stored = ["/", "/x", "a/", "aa/1", "b/", "b/1", "b/10", "b/2", "b\0/", "c/9"];

export function describeRanges(withStore: WithStore): void {
  const withRecords = (use: (engine: Engine) => Promise<void>): Promise<void> =>
    withStore(async ({ engine }) => {
      // Written out of order, among neighbours that must never appear.
      const others = [key("b", "1", { keyspace: 2 }), key("b", "1", { placement: 1 })];
      await write(engine, {
        records: [...stored.toReversed().map(keyOf), ...others].map((each) => ({
          kind: "put",
          key: each,
          value: bytes("v"),
        })),
      });
      await use(engine);
    });

  test("without bounds gives all records of one placement in byte order, shorter prefixes first", () =>
    withRecords(async (engine) => {
      expect(await names(engine, {})).toEqual(stored);
      expect(await names(engine, { reverse: true })).toEqual(stored.toReversed());
    }));

  const cases: readonly [title: string, Bounds, first: number, end: number][] = [
    ["from a record", { lower: { at: "b/1", inclusive: true } }, 5, 10],
    ["after a record", { lower: { at: "b/1", inclusive: false } }, 6, 10],
    ["through a record", { upper: { at: "b/1", inclusive: true } }, 0, 6],
    ["before a record", { upper: { at: "b/1", inclusive: false } }, 0, 5],
    ["from where no record is", { lower: { at: "b/11", inclusive: false } }, 7, 10],
    [
      "between two records",
      { lower: { at: "aa/1", inclusive: false }, upper: { at: "b/10", inclusive: true } },
      4,
      7,
    ],
    ["from the start of a partition", { lower: { at: "b", inclusive: true } }, 4, 10],
    ["after a whole partition", { lower: { at: "b", inclusive: false } }, 8, 10],
    ["through a whole partition", { upper: { at: "b", inclusive: true } }, 0, 8],
    ["before a whole partition", { upper: { at: "b", inclusive: false } }, 0, 4],
    ["of one partition", { lower: { at: "b", inclusive: true }, upper: { at: "b", inclusive: true } }, 4, 8],
    [
      "of a slice of one partition",
      { lower: { at: "b/1", inclusive: true }, upper: { at: "b/2", inclusive: false } },
      5,
      7,
    ],
    [
      "from a record through its partition",
      { lower: { at: "b/1", inclusive: false }, upper: { at: "b", inclusive: true } },
      6,
      8,
    ],
    [
      "of the empty partition",
      { lower: { at: "", inclusive: true }, upper: { at: "", inclusive: true } },
      0,
      2,
    ],
    ["of one record", { lower: { at: "b/2", inclusive: true }, upper: { at: "b/2", inclusive: true } }, 7, 8],
    [
      "with bounds that exclude each other",
      { lower: { at: "c", inclusive: true }, upper: { at: "b", inclusive: true } },
      0,
      0,
    ],
    [
      "with one bound excluded on both sides",
      { lower: { at: "b/2", inclusive: false }, upper: { at: "b/2", inclusive: false } },
      0,
      0,
    ],
    ["beyond the last record", { lower: { at: "c/9", inclusive: false } }, 0, 0],
  ];
  test.each(cases)("%s", (_title, { lower, upper }, first, end) =>
    withRecords(async (engine) => {
      const request = { ...(lower && { lower: boundOf(lower) }), ...(upper && { upper: boundOf(upper) }) };
      const expected = stored.slice(first, end);
      expect(await names(engine, request)).toEqual(expected);
      expect(await names(engine, { ...request, reverse: true })).toEqual(expected.toReversed());
    }),
  );

  test.each([false, true])("page by page equals one read (reverse %s)", (reverse) =>
    withRecords(async (engine) => {
      for (const recordsMax of [1, 2, 3, 7, 10, 11]) {
        expect(await namesByPages(engine, { reverse, recordsMax })).toEqual(
          reverse ? stored.toReversed() : stored,
        );
      }
    }),
  );

  test("more is true exactly when a limit stopped the range", () =>
    withRecords(async (engine) => {
      const more = async (part: Partial<RangeRequest>): Promise<boolean> =>
        (await engine.range(wholeRange(part))).more;
      expect(await more({ recordsMax: 9 })).toBe(true);
      expect(await more({ recordsMax: 10 })).toBe(true);
      expect(await more({ recordsMax: 11 })).toBe(false);
      expect(await more({ bytesMax: 10 })).toBe(true);
      expect(await more({ bytesMax: 11 })).toBe(false);
      expect(await more({ keyspace: 77 })).toBe(false);
    }));

  test("stops after the record that reaches the byte limit, long values included", () =>
    withStore(async ({ engine }) => {
      const sizes = [100, 5000, 100, 100];
      await write(engine, {
        records: sizes.map((size, index) => ({
          kind: "put",
          key: key("p", `${index}`),
          value: patternBytes(size),
        })),
      });
      const page = async (bytesMax: number): Promise<number[]> =>
        (await engine.range(wholeRange({ bytesMax }))).records.map(({ value }) => value.length);
      expect(await page(100)).toEqual([100]);
      expect(await page(101)).toEqual([100, 5000]);
      expect(await page(5101)).toEqual([100, 5000, 100]);
      expect(await page(5301)).toEqual(sizes);
    }));

  test("records of a range carry whole keys, values and the versions get shows", () =>
    withStore(async ({ engine }) => {
      const where = key("part", "sort", { keyspace: 5, placement: 3 });
      await write(engine, { records: [{ kind: "put", key: where, value: patternBytes(2500) }] });
      const { records } = await engine.range(wholeRange({ keyspace: 5, placement: 3 }));
      const single = await engine.get(where, "strong");
      expect(records).toHaveLength(1);
      expect(records[0]?.key.keyspace).toBe(5);
      expect(records[0]?.key.placement).toBe(3);
      expect(text(records[0]?.key.partition ?? bytes(""))).toBe("part");
      expect(text(records[0]?.key.sort ?? bytes(""))).toBe("sort");
      expect(records[0]?.version).toBe(single?.version);
      expect(new Uint8Array(records[0]?.value ?? [])).toEqual(patternBytes(2500));
    }));
}

/** "p/s" is a record's key, "p" a whole partition. */
interface Bound {
  readonly at: string;
  readonly inclusive: boolean;
}

interface Bounds {
  readonly lower?: Bound;
  readonly upper?: Bound;
}

function keyOf(name: string): ReturnType<typeof key> {
  const slash = name.indexOf("/");
  return key(name.slice(0, slash), name.slice(slash + 1));
}

function boundOf({ at, inclusive }: Bound): RangeBound {
  if (!at.includes("/")) {
    return { partition: bytes(at), inclusive };
  }
  const { partition, sort } = keyOf(at);
  return { partition, sort, inclusive };
}

function wholeRange(part: Partial<RangeRequest>): RangeRequest {
  return {
    keyspace: 1,
    placement: 0,
    reverse: false,
    recordsMax: 1000,
    bytesMax: 1_000_000,
    consistency: "strong",
    ...part,
  };
}

async function names(engine: Engine, part: Partial<RangeRequest>): Promise<string[]> {
  const { records } = await engine.range(wholeRange(part));
  return records.map((record) => `${text(record.key.partition)}/${text(record.key.sort)}`);
}

async function namesByPages(engine: Engine, part: Partial<RangeRequest>): Promise<string[]> {
  const found: string[] = [];
  let resume: Partial<RangeRequest> = {};
  for (;;) {
    const page = await engine.range(wholeRange({ ...part, ...resume }));
    found.push(...page.records.map((record) => `${text(record.key.partition)}/${text(record.key.sort)}`));
    const last = page.records.at(-1);
    if (!page.more || last === undefined) {
      return found;
    }
    const bound = { partition: last.key.partition, sort: last.key.sort, inclusive: false };
    resume = part.reverse === true ? { upper: bound } : { lower: bound };
  }
}
