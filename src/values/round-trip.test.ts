/** Any item: request to value to stored bytes and back; sizes, levels and equality agree on the way. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Text } from "./base64.ts";
import { valuesEqual } from "./compare.ts";
import { decodeItem } from "./decode.ts";
import { encodeItem, writeItemJson, writeValueJson } from "./json.ts";
import { nestingLevels } from "./nesting.ts";
import { parseItem } from "./parse.ts";
import { itemSizeBytes } from "./size.ts";
import type { AttributeValue, Item } from "./types.ts";

/** Letters, what JSON escapes, other planes, lone surrogates; sometimes long. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        "a",
        '"',
        "\\",
        "\n",
        "\u0000",
        "\u001f",
        "\u007f",
        "\u2028",
        "\ud800",
        "\udfff",
        "\u{1f600}",
      ),
      {
        maxLength: 60,
      },
    )
    .map((parts) => parts.join("")),
);

const name = fc.oneof(
  text.filter((content) => content !== ""),
  fc.constantFrom("__proto__", "constructor", "toString", "0", "17", "S", "M"),
);

const number = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom("0.5", "-12.75", "1".repeat(38), `1${"0".repeat(125)}`, `0.${"0".repeat(129)}1`),
);
const binary = fc.uint8Array({ maxLength: 9 }).map(base64Text);

/** Built as JSON text, so that every name is an own property whatever it is. */
const { value: wireValue } = fc.letrec<{ value: string; attributes: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text.map((content) => `{"S":${JSON.stringify(content)}}`),
    number.map((content) => `{"N":"${content}"}`),
    binary.map((content) => `{"B":"${content}"}`),
    fc.boolean().map((content) => `{"BOOL":${content}}`),
    fc.constant('{"NULL":true}'),
    fc
      .uniqueArray(text, { minLength: 1, maxLength: 4 })
      .map((content) => `{"SS":${JSON.stringify(content)}}`),
    fc
      .uniqueArray(number, { minLength: 1, maxLength: 4 })
      .map((content) => `{"NS":${JSON.stringify(content)}}`),
    fc
      .uniqueArray(binary, { minLength: 1, maxLength: 4 })
      .map((content) => `{"BS":${JSON.stringify(content)}}`),
    fc.array(tie("value"), { maxLength: 4 }).map((content) => `{"L":[${content.join(",")}]}`),
    tie("attributes").map((content) => `{"M":${content}}`),
  ),
  attributes: attributesOf(tie("value")),
}));

function attributesOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 })
    .map((members) => `{${members.map(([key, content]) => `${JSON.stringify(key)}:${content}`).join(",")}}`);
}

const wireItem = attributesOf(wireValue);

function itemOf(json: string): Item {
  const parsed = parseItem(JSON.parse(json) as Record<string, unknown>);
  expect(parsed).toMatchObject({ kind: "item" });
  return parsed.kind === "item" ? parsed.item : new Map();
}

const asMap = (value: Item): AttributeValue => ({ type: "M", value });

test("stored bytes are valid JSON of the item in its order, and decode to it", () => {
  fc.assert(
    fc.property(wireItem, (json) => {
      const item = itemOf(json);
      const bytes = encodeItem(item);
      const written = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      expect(written).toBe(writeItemJson(item));
      // JSON.parse moves names that are integers to the front; JSON.stringify is otherwise the canonical form.
      expect(written).toBe(JSON.stringify(JSON.parse(json)));
      expect(bytes.buffer.byteLength).toBe(bytes.length);
      const decoded = decodeItem(bytes);
      expect(decoded).toEqual(item);
      expect(valuesEqual(asMap(decoded), asMap(item))).toBe(true);
    }),
    { seed: 81, numRuns: 120 },
  );
});

test("the parser counts sizes and levels as the functions over values do", () => {
  fc.assert(
    fc.property(wireItem, (json) => {
      const parsed = parseItem(JSON.parse(json) as Record<string, unknown>);
      const item = itemOf(json);
      expect(parsed).toMatchObject({ sizeBytes: itemSizeBytes(item), nestingLevels: nestingLevels(item) });
    }),
    { seed: 82, numRuns: 120 },
  );
});

test("an item equals its copy in another order, and no item with one attribute changed", () => {
  fc.assert(
    fc.property(wireItem, name, wireValue, (json, changedName, changedValue) => {
      const item = itemOf(json);
      expect(valuesEqual(asMap(item), asMap(new Map([...item].toReversed())))).toBe(true);
      const other = [...itemOf(`{"x":${changedValue}}`).values()].at(0);
      const before = item.get(changedName);
      if (other === undefined) return;
      const same = before !== undefined && writeValueJson(before) === writeValueJson(other);
      const changed: Item = new Map([...item, [changedName, other]]);
      expect(valuesEqual(asMap(item), asMap(changed))).toBe(same);
      expect(valuesEqual(asMap(changed), asMap(item))).toBe(same);
    }),
    { seed: 83, numRuns: 120 },
  );
});

test("decoding keeps the stored order, integers and all", () => {
  const item: Item = new Map([
    ["b", { type: "S", value: "1" }],
    ["10", { type: "S", value: "2" }],
    [
      "9",
      {
        type: "M",
        value: new Map([
          ["z", { type: "N", value: "1" }],
          ["1", { type: "N", value: "2" }],
        ]),
      },
    ],
  ]);
  expect(writeItemJson(decodeItem(encodeItem(item)))).toBe(writeItemJson(item));
});

test("decodes a view into larger memory", () => {
  const bytes = encodeItem(itemOf('{"a":{"S":"\u20ac"}}'));
  const larger = new Uint8Array(bytes.length + 20).fill(0x20);
  larger.set(bytes, 10);
  expect(decodeItem(larger.subarray(10, 10 + bytes.length))).toEqual(
    new Map([["a", { type: "S", value: "\u20ac" }]]),
  );
});

test("long texts of every kind come back", () => {
  for (const part of ["plain ", 'quoted "', "back\\slash", "\u00e9\u20ac", "\u{1f600}", "\ud800"]) {
    const item: Item = new Map([["long", { type: "S", value: part.repeat(5000) }]]);
    expect(decodeItem(encodeItem(item))).toEqual(item);
  }
});
