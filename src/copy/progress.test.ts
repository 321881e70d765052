// The line a person sees.
import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

test("tells items, bytes, speed and the time to go", () => {
  let nowMs = 0;
  const progress = createProgress(() => nowMs);
  expect(progress.line()).toBe("looking at the tables: 0 items, 0.0 MB, 0 items/s");
  progress.begin("copying Orders", 10_000, 1000);
  nowMs = 2000;
  progress.add(1000, 2_500_000);
  expect(progress.line()).toBe("copying Orders: 2000 of about 10000 items, 2.5 MB, 500 items/s, 16 s to go");
  progress.waits("ThrottlingException");
  progress.add(9000, 0);
  expect(progress.line()).toBe(
    "copying Orders: 11000 of about 11000 items, 2.5 MB, 5000 items/s, waited 1 times, last for: ThrottlingException",
  );
});

test("shows something else until it begins with the next", () => {
  const progress = createProgress(() => 0);
  progress.show(() => "following Orders");
  expect(progress.line()).toBe("following Orders");
  progress.begin("comparing Orders", 0);
  expect(progress.line()).toMatch(/^comparing Orders: 0 items/);
});
