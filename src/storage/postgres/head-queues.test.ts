// Which requests share a group, in which order, under which heads.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HeadQueues, type Batch } from "./head-queues.ts";
import type { Waiting } from "./write-requests.ts";

let names = 0;

interface Named extends Waiting {
  readonly name: number;
}

function waiting(heads: readonly number[], sinceMs = 0): Named {
  names += 1;
  return {
    name: names,
    heads,
    sinceMs,
    request: { kind: "trimLog", shard: 0, through: 0 },
    settle: () => undefined,
  };
}

function pushed(queues: HeadQueues, ...all: readonly (readonly number[])[]): readonly Named[] {
  const made = all.map((heads) => waiting(heads));
  for (const each of made) queues.push(each);
  return made;
}

test("those of one head are one batch, in their order", () => {
  const queues = new HeadQueues();
  const all = pushed(queues, [3], [3], [3]);
  expect(queues.next()).toEqual({ heads: [3], waiting: all });
  expect(queues.next()).toBeUndefined();
  expect(queues.size).toBe(0);
});

test("under a head that is busy nothing is taken; others go on", () => {
  const queues = new HeadQueues();
  const [first, other, second] = pushed(queues, [1], [2], [1]);
  const batch = queues.next();
  expect(batch?.waiting).toEqual([first, second]);
  const [late] = pushed(queues, [1]);
  expect(queues.next()?.waiting).toEqual([other]);
  expect(queues.next()).toBeUndefined();
  queues.done(batch ?? { heads: [], waiting: [] });
  expect(queues.next()?.waiting).toEqual([late]);
});

test("one of several heads waits for all, keeps those behind it back, and takes its heads in order", () => {
  const queues = new HeadQueues();
  const [busy] = pushed(queues, [1]);
  const first = queues.next();
  expect(first?.waiting).toEqual([busy]);
  const [both, behind, elsewhere] = pushed(queues, [2, 1], [2], [3]);
  expect(queues.next()?.waiting).toEqual([elsewhere]);
  expect(queues.next()).toBeUndefined();
  queues.done(first ?? { heads: [], waiting: [] });
  // Whoever needs no more than it has shares its batch.
  expect(queues.next()).toEqual({ heads: [1, 2], waiting: [both, behind] });
});

test("what is put back is before everything that came later, in its old order", () => {
  const queues = new HeadQueues();
  const [a, b, c] = pushed(queues, [1], [1], [1]);
  const batch = queues.next();
  const [d] = pushed(queues, [1]);
  queues.putBack([b, c].filter((each) => each !== undefined));
  queues.done(batch ?? { heads: [], waiting: [] });
  expect(queues.next()?.waiting).toEqual([b, c, d]);
  expect(a).toBeDefined();
});

test("one that needs more heads than it had comes first under all of them", () => {
  const queues = new HeadQueues();
  const [widening, behind, other] = pushed(queues, [1], [1], [2]);
  const batch = queues.next();
  const wide = { ...waiting([1]), ...widening, heads: [1, 2] };
  queues.putBack([wide, behind].filter((each) => each !== undefined));
  queues.done(batch ?? { heads: [], waiting: [] });
  expect(queues.next()).toEqual({ heads: [1, 2], waiting: [wide, behind, other] });
});

test("late ones are taken out wherever they stand, and those behind them come forward", () => {
  const queues = new HeadQueues();
  const early = [waiting([1], 10), waiting([1, 2], 10)];
  const later = [waiting([1], 20), waiting([2], 20)];
  const busy = waiting([1], 0);
  queues.push(busy);
  const batch = queues.next();
  for (const each of [...early, ...later]) queues.push(each);
  expect(queues.takeLate(10)).toEqual([]);
  expect(new Set(queues.takeLate(11))).toEqual(new Set(early));
  expect(queues.size).toBe(2);
  expect(queues.next()?.waiting).toEqual([later[1]]);
  queues.done(batch ?? { heads: [], waiting: [] });
  expect(queues.next()?.waiting).toEqual([later[0]]);
  queues.push(waiting([4], 30));
  expect(queues.clear()).toHaveLength(1);
  expect([queues.size, queues.next()]).toEqual([0, undefined]);
});

describe("any program", () => {
  type Step =
    | { readonly kind: "push"; readonly heads: readonly number[] }
    | { readonly kind: "take"; readonly headsMax: number }
    | { readonly kind: "apart"; readonly head: number; readonly isApart: boolean }
    | { readonly kind: "end"; readonly which: number; readonly answered: number; readonly widen: boolean };

  const anyStep: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant("push" as const),
      heads: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("take" as const), headsMax: fc.constantFrom(1, 2, 9) }),
    fc.record({ kind: fc.constant("apart" as const), head: fc.nat({ max: 3 }), isApart: fc.boolean() }),
    fc.record({
      kind: fc.constant("end" as const),
      which: fc.nat(),
      answered: fc.nat({ max: 3 }),
      widen: fc.boolean(),
    }),
  );

  class Run {
    readonly queues = new HeadQueues();
    readonly taken: Batch[] = [];
    /** In the order of arrival, a widened one before all others. */
    readonly order: Named[] = [];

    step(step: Step): void {
      if (step.kind === "push") {
        const each = waiting(step.heads);
        this.order.push(each);
        this.queues.push(each);
      } else if (step.kind === "take") {
        this.take(step.headsMax);
      } else if (step.kind === "apart") {
        if (step.isApart) this.queues.keepApart([step.head]);
        else this.queues.mayShare([step.head]);
      } else if (this.taken.length > 0) {
        this.end(step.which % this.taken.length, step.answered, step.widen);
      }
    }

    take(headsMax: number): boolean {
      const batch = this.queues.next(headsMax);
      if (batch === undefined) return false;
      for (const busy of this.taken) {
        assertThat(!batch.heads.some((head) => busy.heads.includes(head)), "a batch has a busy head");
      }
      for (const each of batch.waiting) this.#checkTurn(each, batch);
      this.taken.push(batch);
      return true;
    }

    /** Nobody who came before it and shares a head with it still waits. */
    #checkTurn(each: Waiting, batch: Batch): void {
      assertThat(
        each.heads.every((head) => batch.heads.includes(head)),
        "a batch lacks a head",
      );
      const before = this.order.slice(0, this.order.indexOf(each as Named));
      const inTheWay = before.filter(
        (other) => !batch.waiting.includes(other) && other.heads.some((head) => each.heads.includes(head)),
      );
      assertThat(inTheWay.length === 0, "somebody was overtaken");
    }

    end(index: number, answered: number, widen: boolean): void {
      const [batch] = this.taken.splice(index, 1);
      if (batch === undefined) return;
      const done = widen ? answered : batch.waiting.length;
      for (const each of batch.waiting.slice(0, done))
        this.order.splice(this.order.indexOf(each as Named), 1);
      const left = batch.waiting.slice(done) as Named[];
      const [first, ...behind] = left;
      if (first !== undefined) {
        const wide = { ...first, heads: [...new Set([...first.heads, 3, 0])] };
        for (const each of left) this.order.splice(this.order.indexOf(each), 1);
        this.order.unshift(wide, ...behind);
        this.queues.putBack([wide, ...behind]);
      }
      this.queues.done(batch);
    }
  }

  test("serves everybody once, each after those before it under its heads, and ends", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: "max" }), (steps) => {
        const run = new Run();
        for (const step of steps) run.step(step);
        for (let rounds = 0; run.order.length > 0; rounds += 1) {
          expect(rounds).toBeLessThan(500);
          while (run.take(1));
          run.end(0, 0, false);
        }
        expect([run.queues.size, run.taken.length]).toEqual([0, 0]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
  });
});

describe("a batch of several heads", () => {
  test("takes whatever is ready, in the order of the heads' turns", () => {
    const queues = new HeadQueues();
    const [a, b, c] = pushed(queues, [3], [1], [2]);
    expect(queues.ready).toMatchObject({ heads: 3, requests: 3 });
    expect(queues.next(2)).toEqual({ heads: [1, 3], waiting: [a, b] });
    expect(queues.next(2)).toEqual({ heads: [2], waiting: [c] });
  });

  test("leaves out heads that are kept apart, which have batches of their own until they may share", () => {
    const queues = new HeadQueues();
    queues.keepApart([1, 2]);
    const [a, b, c, d] = pushed(queues, [3], [1], [4], [2]);
    expect(queues.next(9)).toEqual({ heads: [3, 4], waiting: [a, c] });
    expect(queues.next(9)).toEqual({ heads: [1], waiting: [b] });
    queues.mayShare([2]);
    const [e] = pushed(queues, [5]);
    expect(queues.next(9)).toEqual({ heads: [2, 5], waiting: [d, e] });
  });
});

function assertThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
