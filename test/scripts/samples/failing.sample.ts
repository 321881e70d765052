// Fails in every way in which a file of tests can fail; test/scripts/steps.test.ts reads what is reported.
import { afterAll, beforeAll, describe, expect, test } from "vitest";

test("passes", () => expect(1).toBe(1));
test.skip("is left out", () => expect(1).toBe(2));

describe("a group", () => {
  test("compares", () => {
    expect({ color: "red", size: 1 }).toEqual({ color: "red", size: 2 });
  });

  test("throws a long story", () => {
    throw new Error(Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n"), {
      cause: new Error("the disk is full"),
    });
  });
});

describe("a group with a hook", () => {
  afterAll(() => {
    throw new Error("the hook cannot clean up");
  });

  test("passes all the same", () => expect(1).toBe(1));
});

describe("a group that cannot start", () => {
  beforeAll(() => {
    throw new Error("the server does not start");
  });

  test("does not run", () => expect(1).toBe(1));
});

test("leaves a promise that nobody awaits", () => {
  void Promise.reject(new Error("nobody listens"));
});
