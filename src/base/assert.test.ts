/** Assertions: they throw their own error, and only when they should. */

import { expect, test } from "vitest";
import { assert, AssertionFailure, unreachable } from "./assert.ts";

test("a condition that holds passes", () => {
  assert(1 + 1 === 2, "arithmetic works");
});

test.each([false, undefined, null, 0, ""])("%j fails with the message", (condition) => {
  expect(() => {
    assert(condition, "should have been true");
  }).toThrow(new AssertionFailure("should have been true"));
});

test("an unreachable case names the value", () => {
  expect(() => unreachable("surprise" as never)).toThrow(new AssertionFailure("unreachable case: surprise"));
});
