/** Bytes that encodeItem cannot have written are refused; that its own come back is tested with the round trip. */

import { expect, test } from "vitest";
import { AssertionFailure } from "../base/index.ts";
import { decodeItem } from "./decode.ts";

test.each([
  [""],
  ["[]"],
  ["{"],
  [" {}"],
  ["{} "],
  ["{}{}"],
  ['{"a"}'],
  ['{"a":{}}'],
  ['{"a":{"S":"b"}'],
  ['{"a":{"S":"b}}'],
  ['{"a":{"S":"b\\"}}'],
  ['{"a":{"S":1}}'],
  ['{"a":{"X":"b"}}'],
  ['{"a":{"S":"b"},}'],
  ['{"a": {"S":"b"}}'],
  ['{"a":{"S":"b","N":"1"}}'],
  ['{"a":{"BOOL":maybe}}'],
  ['{"a":{"SS":["b"}}'],
  ['{"a":{"L":{}}}'],
  ['{"a":{"L":[{"S":"b"]}}'],
])("%s", (json) => {
  expect(() => decodeItem(Buffer.from(json))).toThrow(AssertionFailure);
});

test.each([
  ["quotes and backslashes", '{"\\"a\\\\":{"S":"\\\\\\""}}', '"a\\', '\\"'],
  ["only backslashes at the end", '{"a":{"S":"b\\\\"}}', "a", "b\\"],
  ["control characters", '{"a":{"S":"\\n\\u0000"}}', "a", "\n\u0000"],
  ["a lone surrogate", '{"a":{"S":"\\ud83d"}}', "a", "\ud83d"],
])("escapes: %s", (_name, json, name, value) => {
  expect(decodeItem(Buffer.from(json))).toEqual(new Map([[name, { type: "S", value }]]));
});
