/** DynamoDB's size arithmetic on examples; that parsing counts the same is tested with the round trip. */

import { expect, test } from "vitest";
import { attributeSizeBytes, itemSizeBytes, numberSizeBytes, valueSizeBytes } from "./size.ts";
import type { AttributeValue, Item } from "./types.ts";

test.each([
  ["0", 1],
  ["1", 2],
  ["-1", 3],
  ["10", 2],
  ["12", 2],
  ["-12", 3],
  ["100", 2],
  ["120", 3],
  ["123", 3],
  ["1234", 3],
  ["1.2", 3],
  ["12.3", 3],
  ["0.1", 2],
  ["0.12", 2],
  ["0.012", 3],
  ["0.0012", 2],
  ["123456789", 6],
  ["9".repeat(38), 20],
  [`${"9".repeat(37)}.9`, 21],
  [`-${"9".repeat(37)}.9`, 22],
  [`1${"0".repeat(125)}`, 2],
])("number %s takes %d", (text, sizeBytes) => {
  expect(numberSizeBytes(text)).toBe(sizeBytes);
});

const rows: readonly (readonly [string, AttributeValue, number])[] = [
  ["text", { type: "S", value: "h\u00e9llo" }, 6],
  ["empty text", { type: "S", value: "" }, 0],
  ["binary", { type: "B", value: "AAECAw==" }, 4],
  ["boolean", { type: "BOOL", value: false }, 1],
  ["null", { type: "NULL", value: true }, 1],
  ["string set", { type: "SS", value: ["a", "bc", ""] }, 3],
  ["number set", { type: "NS", value: ["0", "1", "123"] }, 6],
  ["binary set", { type: "BS", value: ["AAE=", ""] }, 2],
  ["empty list", { type: "L", value: [] }, 3],
  ["empty map", { type: "M", value: new Map() }, 3],
  [
    "list",
    {
      type: "L",
      value: [
        { type: "S", value: "ab" },
        { type: "NULL", value: true },
      ],
    },
    3 + 2 + 3,
  ],
  ["map", { type: "M", value: new Map([["key", { type: "S", value: "ab" }]]) }, 3 + 1 + 5],
  ["list in list", { type: "L", value: [{ type: "L", value: [] }] }, 3 + 1 + 3],
];

test.each(rows)("%s", (_name, value, sizeBytes) => {
  expect(valueSizeBytes(value)).toBe(sizeBytes);
  expect(attributeSizeBytes("\u00e9", value)).toBe(sizeBytes + 2);
});

test("the example of the documentation takes 23", () => {
  const item: Item = new Map([
    ["shirt-color", { type: "S", value: "R" }],
    ["shirt-size", { type: "S", value: "M" }],
  ]);
  expect(itemSizeBytes(item)).toBe(23);
});
