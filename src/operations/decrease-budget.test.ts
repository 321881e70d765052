// Times as the service prints them to people.
import { expect, test } from "vitest";
import { spokenTime } from "./decrease-budget.ts";

test.each([
  [Date.UTC(2026, 9, 9, 0, 0, 0), "Friday, October 9, 2026 at 12:00:00 AM"],
  [Date.UTC(2026, 9, 9, 1, 21, 34), "Friday, October 9, 2026 at 1:21:34 AM"],
  [Date.UTC(2024, 1, 29, 12, 5, 9, 999), "Thursday, February 29, 2024 at 12:05:09 PM"],
  [Date.UTC(2023, 11, 31, 23, 59, 59), "Sunday, December 31, 2023 at 11:59:59 PM"],
])("%d", (ms, text) => {
  expect(spokenTime(ms)).toBe(`${text} Coordinated Universal Time`);
});
