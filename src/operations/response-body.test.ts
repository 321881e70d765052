// Answers are the same bytes whether they are joined in one go or in slices.
import { describe, expect, test } from "vitest";
import { createTurnPacer } from "../base/index.ts";
import { ItemList } from "./item-list.ts";
import { type BodyPart, joinBody, joinInSlices, objectBody, objectParts } from "./response-body.ts";

const bytesOf = (body: string | Uint8Array): Buffer => Buffer.from(body);

/** Every look at the clock finds that a slice is over; a turn is one of the next microtask. */
function busyWork(): {
  readonly work: ReturnType<ReturnType<typeof createTurnPacer>["begin"]>;
  turns: number;
} {
  const busy = { turns: 0 };
  let nowMs = 0;
  const pacer = createTurnPacer({
    nowMs: () => (nowMs += 1),
    nextTurn: (task) => {
      busy.turns += 1;
      queueMicrotask(task);
    },
  });
  return Object.assign(busy, { work: pacer.begin() });
}

const large: Record<string, readonly BodyPart[]> = {
  "a few large parts": ["[", Buffer.alloc(400_000, 97), ",", "\u00e9".repeat(300_000), "]"],
  "many small parts of text": Array.from({ length: 5000 }, (_, index) => `{"\u6f22":${index}}`),
  "many small parts of both": Array.from({ length: 5000 }, (_, index) =>
    index % 2 === 0 ? `${index}` : Buffer.from(`\u00e9${index}`),
  ),
};

describe("joining in slices", () => {
  test.each(Object.keys(large))("gives the bytes of joining at once: %s", async (name) => {
    const parts = large[name] ?? [];
    const busy = busyWork();
    const body = await joinInSlices(parts, busy.work);
    expect(bytesOf(body).equals(bytesOf(joinBody(parts)))).toBe(true);
    expect(busy.turns).toBeGreaterThan(0);
  });

  test("takes no turn for a small answer, and leaves text text", async () => {
    const busy = busyWork();
    expect(await joinInSlices(["{", '"a":1', "}"], busy.work)).toBe('{"a":1}');
    expect(busy.turns).toBe(0);
  });
});

describe("a list of items", () => {
  test.each([
    ["never", 0],
    ["now and then", 3],
    ["after each item", 1],
  ])("has commas between items and nowhere else when it is settled %s", (_when, every) => {
    const list = new ItemList();
    for (let index = 1; index <= 7; index += 1) {
      list.push(index % 2 === 0 ? Buffer.from(`${index}`) : `${index}`);
      if (every > 0 && index % every === 0) list.settle();
    }
    expect(bytesOf(joinBody(list.parts())).toString()).toBe("1,2,3,4,5,6,7");
  });
});

test("an object's member may be given in parts", () => {
  const members = [
    ["A", ["[", Buffer.from("1"), "]"]],
    ["B", undefined],
    ["C", "2"],
  ] as const;
  expect(bytesOf(objectBody(members)).toString()).toBe('{"A":[1],"C":2}');
  expect(objectParts([["A", []]])).toEqual(["{", '"A":', "}"]);
});
