// Keys become what the source has now: answers in parts, keys written in several ways, items the target refuses.
import { expect, test } from "vitest";
import { seededRandom, systemClock } from "../base/index.ts";
import { applyChanges } from "./apply-changes.ts";
import { createCaller } from "./caller.ts";
import type { CopyContext } from "./copy-context.ts";
import type { CallOutcome, End, Json } from "./end.ts";
import { createProgress } from "./progress.ts";
import { createWriteRate } from "./write-rate.ts";

const never = new AbortController().signal;
const clock = { ...systemClock(), sleep: async () => undefined };

function answered(body: Json): CallOutcome {
  return { kind: "answer", body, sizeBytes: 0 };
}

function endThat(answer: (operation: string, table: Json) => CallOutcome): End {
  return {
    name: "end",
    identity: "end",
    call: async ({ operation, input }) => answer(operation, (input["RequestItems"] as { T: Json })["T"]),
    close: async () => undefined,
  };
}

function contextOf(from: End, to: End): CopyContext & { readonly lines: string[] } {
  const lines: string[] = [];
  const random = seededRandom(1);
  const calls = { clock, random, signal: never, patienceMs: 0 };
  return {
    lines,
    source: createCaller({ ...calls, end: from }),
    target: createCaller({ ...calls, end: to }),
    rate: createWriteRate(undefined, clock),
    keeper: { save: async () => undefined },
    progress: createProgress(),
    workersMax: 2,
    signal: never,
    clock,
    random,
    say: (line) => lines.push(line),
  };
}

function key(n: number | string): Json {
  return { pk: { N: String(n) } };
}

/** A source that answers at most `most` keys of a batch; even ones are there. */
function evenSource(most: number): { readonly end: End; readonly batches: number[] } {
  const batches: number[] = [];
  const end = endThat((_, { Keys, ConsistentRead }) => {
    const keys = Keys as { pk: { N: string } }[];
    expect(ConsistentRead).toBe(true);
    expect(new Set(keys.map(({ pk }) => Number(pk.N))).size).toBe(keys.length);
    batches.push(keys.length);
    const done = keys.slice(0, most).filter(({ pk }) => Number(pk.N) % 2 === 0);
    const rest = keys.slice(most);
    return answered({
      // In no order, and numbers as the source writes them.
      Responses: {
        T: done.map(({ pk }) => ({ text: { S: "x" }, pk: { N: String(Number(pk.N)) } })).reverse(),
      },
      UnprocessedKeys: rest.length === 0 ? {} : { T: { Keys: rest, ConsistentRead: true } },
    });
  });
  return { end, batches };
}

function tableOf(): Parameters<typeof applyChanges>[1] & { readonly tally: { refusedItems: number } } {
  return { name: "T", keyNames: ["pk"], tally: { refusedItems: 0 }, refusedKeys: new Set() };
}

test("puts what is there and deletes what is not, each key once", async () => {
  const { end, batches } = evenSource(10);
  const puts: number[] = [];
  const deletes: number[] = [];
  const to = endThat((_, requests) => {
    for (const request of requests as unknown as Json[]) {
      const put = request["PutRequest"] as { Item: { pk: { N: string } } } | undefined;
      const gone = request["DeleteRequest"] as { Key: { pk: { N: string } } } | undefined;
      if (put !== undefined) puts.push(Number(put.Item.pk.N));
      if (gone !== undefined) deletes.push(Number(gone.Key.pk.N));
    }
    return answered({});
  });
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  const keys = [...numbers, ...numbers.slice(0, 30)].map(key);
  expect(await applyChanges(contextOf(end, to), tableOf(), [...keys, key("2.0"), key("7e0")])).toBe(60);
  expect(puts.toSorted((left, right) => left - right)).toEqual(numbers.filter((n) => n % 2 === 0));
  expect(deletes.toSorted((left, right) => left - right)).toEqual(numbers.filter((n) => n % 2 === 1));
  expect(batches.toSorted((left, right) => left - right)).toEqual([5, 5, 10, 15, 15, 25, 25]);
});

test("an item that the target refuses is told and counted once, however often it changes", async () => {
  const to = endThat((_, requests) =>
    JSON.stringify(requests).includes('"4"')
      ? { kind: "refused", error: "ValidationException", message: "bad", retryable: false }
      : answered({}),
  );
  const context = contextOf(evenSource(100).end, to);
  const table = tableOf();
  await applyChanges(context, table, [key(2), key(4), key(5)]);
  await applyChanges(context, table, [key(4)]);
  expect(table.tally.refusedItems).toBe(1);
  expect(context.lines).toEqual([
    'T: the target refuses the item {"pk":{"N":"4"}}: ValidationException: bad',
  ]);
});

test("keys that are left undone for ever, and refusals, end the copy", async () => {
  const to = endThat(() => answered({}));
  const denied = endThat(() => ({ kind: "refused", error: "AccessDenied", message: "no", retryable: false }));
  await expect(applyChanges(contextOf(denied, to), tableOf(), [key(1)])).rejects.toThrow(
    "end: BatchGetItem of T: AccessDenied: no",
  );
  const written = endThat(() => ({
    kind: "refused",
    error: "AccessDenied",
    message: "no",
    retryable: false,
  }));
  await expect(applyChanges(contextOf(evenSource(9).end, written), tableOf(), [key(1)])).rejects.toThrow(
    "end: BatchWriteItem: AccessDenied: no",
  );
});
