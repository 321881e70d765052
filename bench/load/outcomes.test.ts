/** What becomes of a request is told by its time first, then by what the answer says. */
import { describe, expect, it } from "vitest";
import { addOutcomes, noOutcomes, outcomeOf, subtractOutcomes } from "./outcomes.ts";

const typed = (type: string): string =>
  `HTTP/1.1 4\r\n\r\n{"__type":"com.amazonaws.dynamodb.v20120810#${type}","message":"-"}`;

describe("the outcome of a request", () => {
  it.each([
    ["an answer in time", { status: 200, text: "", latencyMs: 100 }, "answered"],
    ["an answer after the limit", { status: 200, text: "", latencyMs: 101 }, "late"],
    ["a refusal", { status: 503, text: typed("ServiceUnavailable"), latencyMs: 1 }, "refused"],
    ["a refusal after the limit", { status: 503, text: typed("ServiceUnavailable"), latencyMs: 200 }, "late"],
    ["an internal error", { status: 500, text: typed("InternalServerError"), latencyMs: 1 }, "refused"],
    ["a throttled request", { status: 400, text: typed("ThrottlingException"), latencyMs: 1 }, "refused"],
    ["a 503 that says nothing", { status: 503, text: "HTTP/1.1 503\r\n\r\n", latencyMs: 1 }, "failed"],
    ["a wrong request", { status: 400, text: typed("ValidationException"), latencyMs: 1 }, "failed"],
  ] as const)("%s", (_name, answer, expected) => {
    expect(outcomeOf(answer, 100)).toBe(expected);
  });

  it("is counted by name", () => {
    const before = { ...noOutcomes, answered: 2, late: 1 };
    const after = addOutcomes([before, { ...noOutcomes, answered: 3, unsent: 4 }]);
    expect(after).toEqual({ ...noOutcomes, answered: 5, late: 1, unsent: 4 });
    expect(subtractOutcomes(after, before)).toEqual({ ...noOutcomes, answered: 3, unsent: 4 });
  });
});
