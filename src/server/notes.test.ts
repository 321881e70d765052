/** What is told to a person: enough to find a fault again, and never a line for each of thousands. */
import { expect, it } from "vitest";
import type { RequestFacts } from "../wire/index.ts";
import { createElsewhereNote, createFaultNote } from "./notes.ts";

const fault = { operation: "GetItem", method: "POST", requestId: "R1", cause: new Error("broken") };

it("tells the first faults of a while in full and counts the rest", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const noteFault = createFaultNote(
    (line) => lines.push(line),
    () => nowMs,
  );
  for (let index = 0; index < 500; index += 1) noteFault(fault as unknown as RequestFacts);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toMatch(/^fault in GetItem, request R1: Error: broken/u);
  nowMs = 10_000;
  noteFault(fault as unknown as RequestFacts);
  expect(lines.slice(10)).toEqual([
    "490 further faults of that time were not told",
    expect.stringMatching(/^fault in GetItem/u),
  ]);
});

it("tells nothing of requests without a fault", () => {
  const lines: string[] = [];
  createFaultNote((line) => lines.push(line))({ ...fault, cause: undefined } as unknown as RequestFacts);
  expect(lines).toEqual([]);
});

it("tells once where else a table exists", () => {
  const lines: string[] = [];
  const tell = createElsewhereNote((line) => lines.push(line));
  const asked = { region: "us-east-1", account: "000000000000" };
  for (let count = 0; count < 3; count++) tell("Orders", asked, [{ ...asked, region: "eu-west-1" }]);
  expect(lines).toEqual([
    "table Orders was asked for in region us-east-1, account 000000000000, where it does not exist; it exists in " +
      "region eu-west-1, account 000000000000. Use that region and access key, or start with --shared.",
  ]);
});
