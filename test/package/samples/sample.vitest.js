// Vitest, with its default pool.
import { open } from "stator";
import { expect, test } from "vitest";
import { expected, roundTrip } from "./round-trip.cjs";

test("a round trip", async () => {
  expect(await roundTrip(open)).toBe(expected);
});
