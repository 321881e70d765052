// Batches that are done in part, or refused.
import { expect, test } from "vitest";
import { seededRandom, systemClock } from "../base/index.ts";
import { createCaller } from "./caller.ts";
import type { CallOutcome, End, Json } from "./end.ts";
import { batchesOf, writeBatch } from "./write-items.ts";

type Requests = readonly Json[];

/** An end that does with the requests for table `__proto__`, a name like any other, what it is told. */
function target(react: (requests: Requests, call: number) => CallOutcome | Requests) {
  const sent: Requests[] = [];
  const end: End = {
    name: "end",
    identity: "end",
    async call({ input }) {
      const tables = input["RequestItems"] as Json;
      const requests = Object.getOwnPropertyDescriptor(tables, "__proto__")?.value as Requests;
      sent.push(requests);
      const outcome = react(requests, sent.length);
      if ("kind" in outcome) return outcome;
      const UnprocessedItems = outcome.length === 0 ? {} : { ["__proto__"]: outcome };
      return { kind: "answer", body: { UnprocessedItems }, sizeBytes: 0 };
    },
    close: async () => undefined,
  };
  const caller = createCaller({
    end,
    clock: { ...systemClock(), sleep: async () => undefined },
    random: seededRandom(1),
    signal: new AbortController().signal,
    patienceMs: 0,
  });
  return { sent, to: { caller, table: "__proto__", keyNames: ["pk"] } };
}

const puts = ["a", "b", "c"].map((pk) => ({ kind: "put", item: { pk: { S: pk }, n: { N: "1" } } }) as const);

test("what was left undone is sent again, and only that", async () => {
  const { sent, to } = target((requests) => requests.slice(1));
  expect(await writeBatch(to, [...puts, { kind: "delete", key: { pk: { S: "d" } } }])).toEqual([]);
  expect(sent.map((requests) => requests.length)).toEqual([4, 3, 2, 1]);
  expect(sent.at(-1)).toEqual([{ DeleteRequest: { Key: { pk: { S: "d" } } } }]);
});

test("a refused batch is tried item by item, and the refused ones are named by their keys", async () => {
  const refusal: CallOutcome = {
    kind: "refused",
    error: "ValidationException",
    message: "bad b",
    retryable: false,
  };
  const { sent, to } = target((requests) => (JSON.stringify(requests).includes('"b"') ? refusal : []));
  expect(await writeBatch(to, puts)).toEqual([
    { key: { pk: { S: "b" } }, reason: "ValidationException: bad b" },
  ]);
  expect(sent.map((requests) => requests.length)).toEqual([3, 1, 1, 1]);
});

test("a refusal that is not about items ends the copy", async () => {
  const refusal: CallOutcome = {
    kind: "refused",
    error: "ResourceNotFoundException",
    message: "gone",
    retryable: false,
  };
  const { to } = target(() => refusal);
  await expect(writeBatch(to, puts)).rejects.toThrow("end: BatchWriteItem: ResourceNotFoundException: gone");
});

test("pieces hold 25", () => {
  const list = Array.from({ length: 51 }, (_, index) => index);
  expect(batchesOf(list).map((batch) => batch.length)).toEqual([25, 25, 1]);
  expect(batchesOf(list).flat()).toEqual(list);
  expect(batchesOf([])).toEqual([]);
});
