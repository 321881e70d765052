// One text for all ways to write an item, and another for every other item.
import { expect, test } from "vitest";
import { canonicalItem, itemBytes } from "./canonical-item.ts";
import { CopyFailure } from "./copy-failure.ts";
import type { Json } from "./end.ts";

function item(text: string): Json {
  return JSON.parse(text) as Json;
}

test.each([
  ['{"a":{"S":"x"},"b":{"S":"y"}}', '{"b":{"S":"y"},"a":{"S":"x"}}'],
  ['{"a":{"N":"1"}}', '{"a":{"N":"1.00"}}'],
  ['{"a":{"N":"100"}}', '{"a":{"N":"1E2"}}'],
  ['{"a":{"NS":["2","1.0"]}}', '{"a":{"NS":["1","2.0"]}}'],
  ['{"a":{"SS":["x","y"]}}', '{"a":{"SS":["y","x"]}}'],
  [
    '{"a":{"M":{"x":{"BOOL":true},"__proto__":{"NULL":true}}}}',
    '{"a":{"M":{"__proto__":{"NULL":true},"x":{"BOOL":true}}}}',
  ],
])("%s and %s are the same", (left, right) => {
  expect(canonicalItem(item(left))).toBe(canonicalItem(item(right)));
});

test("no two of these are the same", () => {
  const texts = [
    '{"a":{"S":"1"}}',
    '{"a":{"N":"1"}}',
    '{"a":{"B":"MQ=="}}',
    '{"a":{"SS":["1"]}}',
    '{"a":{"NS":["1"]}}',
    '{"a":{"L":[{"S":"1"}]}}',
    '{"a":{"L":[{"S":"1"},{"S":"2"}]}}',
    '{"a":{"L":[{"S":"2"},{"S":"1"}]}}',
    '{"a":{"M":{"S":{"S":"1"}}}}',
    '{"a":{"BOOL":true}}',
    '{"a":{"BOOL":false}}',
    '{"a":{"NULL":true}}',
    '{"a":{"S":"1"},"b":{"S":"1"}}',
    '{"a":{"S":"1\\"},\\"b\\":{\\"S\\":\\"1"}}',
    '{"__proto__":{"S":"1"}}',
    '{"a":{"S":"\\ud800"}}',
    '{"a":{"S":"\\ufffd"}}',
    "{}",
  ];
  expect(new Set(texts.map((text) => canonicalItem(item(text)))).size).toBe(texts.length);
});

test("an item that nobody could hold is named", () => {
  expect(() => canonicalItem(item('{"a":{"N":"one"}}'))).toThrow(CopyFailure);
  expect(() => canonicalItem(item('{"a":{"N":"one"}}'))).toThrow(/\{"a":\{"N":"one"\}\}$/);
});

test("sizes are DynamoDB's", () => {
  expect(itemBytes(item('{"ab":{"S":"xyz"}}'))).toBe(5);
});
