// The benchmark of expressions does what it says: every case answers, and the same each time.
import { expect, test } from "vitest";
import { expressionCases, resultsHash } from "./expressions.bench.ts";

test("every case of the expressions benchmark runs and repeats its result", () => {
  const cases = expressionCases();
  const failed = cases.filter(({ run }) => run() === "expressionIssue" || run() === undefined);
  expect(failed.map(({ name }) => name)).toEqual([]);
  expect(resultsHash(cases)).toBe(resultsHash(expressionCases()));
});
