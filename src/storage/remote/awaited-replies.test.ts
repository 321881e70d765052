// Replies find who waits for them, whatever order they come in.
import fc from "fast-check";
import { expect, test } from "vitest";
import { AwaitedReplies } from "./awaited-replies.ts";

test("each number has its own, and the oldest in turn is known, as in a plain Map", () => {
  const anyStep = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.boolean(), apart: fc.nat(9) }) },
    // Mostly the oldest, as replies are.
    { weight: 3, arbitrary: fc.record({ nth: fc.oneof(fc.constant(0), fc.nat(20)) }) },
    { weight: 1, arbitrary: fc.constant({ many: 700 }) },
  );
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60, size: "max" }), (steps) => {
      const awaited = new AwaitedReplies<string>();
      const model = new Map<number, { readonly name: string; readonly apart: boolean }>();
      let last = 0;
      const add = (apart: boolean): void => {
        last += 1;
        awaited.add(`number ${last}`, apart ? "apart" : "inTurn");
        model.set(last, { name: `number ${last}`, apart });
      };
      const take = (number: number): void => {
        // An expectation each would be most of this test's time.
        const [expected, found, again] = [
          model.get(number)?.name,
          awaited.take(number),
          awaited.take(number),
        ];
        model.delete(number);
        if (found !== expected || again !== undefined) throw new Error(`${number}: ${found}, ${again}`);
      };
      const addAndTake = (times: number): void => {
        for (let count = 0; count < times; count += 1) {
          add(false);
          take(model.keys().next().value ?? 0);
        }
      };
      for (const step of steps) {
        if ("apart" in step) add(step.apart === 0);
        else if ("nth" in step) take([...model.keys()][step.nth] ?? last + 1);
        else addAndTake(step.many);
        expect(awaited.size).toBe(model.size);
        expect(awaited.oldest).toBe([...model.values()].find(({ apart }) => !apart)?.name);
      }
      expect(new Set(awaited.takeAll())).toEqual(new Set([...model.values()].map(({ name }) => name)));
      expect([awaited.size, awaited.oldest, awaited.take(last)]).toEqual([0, undefined, undefined]);
      model.clear();
      add(false);
      take(last);
    }),
    { numRuns: 60 },
  );
});
