// Long work shares turns: budget, order, newcomers, refusals, on a clock and an event loop that move when told.
import { describe, expect, test } from "vitest";
import { microtasksDone } from "./clock.ts";
import { createTurnPacer, type PacedWork, type TurnPacer, type TurnPacerOptions } from "./turn-pacer.ts";

interface Loop {
  readonly pacer: TurnPacer;
  /** Milliseconds pass. */
  readonly pass: (ms: number) => void;
  /** One turn of the event loop and all that follows from it; false when nobody asked for one. */
  readonly turn: () => Promise<boolean>;
}

/** A pacer over a clock and an event loop that only move when told. */
function steppedLoop(options: TurnPacerOptions = {}): Loop {
  let nowMs = 0;
  const asked: (() => void)[] = [];
  const pacer = createTurnPacer({
    budgetMs: 4,
    sliceMs: 1,
    nowMs: () => nowMs,
    nextTurn: (task) => {
      asked.push(task);
    },
    ...options,
  });
  return {
    pacer,
    pass: (ms) => {
      nowMs += ms;
    },
    turn: async () => {
      const task = asked.shift();
      task?.();
      await microtasksDone();
      return task !== undefined;
    },
  };
}

/** Runs slices of `sliceMs` each, noting every one, until done or refused. */
async function longWork(
  { pacer, pass }: Loop,
  { name, slices, sliceMs = 1, log }: { name: string; slices: number; sliceMs?: number; log: string[] },
): Promise<void> {
  const work = pacer.begin();
  for (let slice = 0; slice < slices; slice += 1) {
    if (slice > 0 && (await work.turn()) === "refused") {
      log.push(`${name} refused`);
      return;
    }
    log.push(name);
    pass(sliceMs);
  }
  work.end();
}

function waitsFor(outcome: ReturnType<PacedWork["turn"]>): Promise<unknown> {
  expect(outcome).toBeInstanceOf(Promise);
  return Promise.resolve(outcome);
}

describe("short work", () => {
  test("asks for no turn of the event loop and leaves nothing behind", async () => {
    const loop = steppedLoop();
    const work = loop.pacer.begin();
    loop.pass(0.5);
    expect(work.sliceOver()).toBe(false);
    work.end();
    expect(await loop.turn()).toBe(false);
    expect(loop.pacer.load).toEqual({ waiting: 0, works: 0, refused: 0 });
  });

  test("begins at once however much is waiting", async () => {
    const loop = steppedLoop();
    const log: string[] = [];
    for (let index = 0; index < 20; index += 1) void longWork(loop, { name: "long", slices: 50, log });
    await microtasksDone();
    expect(loop.pacer.load.waiting).toBeGreaterThan(10);
    const before = log.length;
    await longWork(loop, { name: "short", slices: 1, log });
    expect(log.slice(before)).toEqual(["short"]);
  });
});

describe("long work", () => {
  test("goes on without waiting while the budget of the turn lasts, then waits for the next turn", async () => {
    const { pacer, pass, turn } = steppedLoop();
    const work = pacer.begin();
    for (let slice = 0; slice < 3; slice += 1) {
      pass(1);
      expect(work.sliceOver()).toBe(true);
      expect(work.turn()).toBe("granted");
    }
    pass(1);
    let granted = false;
    const waiting = waitsFor(work.turn()).then(() => (granted = true));
    await microtasksDone();
    expect(granted).toBe(false);
    await turn();
    expect(granted).toBe(true);
    await waiting;
    expect(work.sliceOver()).toBe(false);
    work.end();
  });

  test("has the whole budget again in each turn", async () => {
    const loop = steppedLoop();
    const log: string[] = [];
    void longWork(loop, { name: "a", slices: 10, log });
    await microtasksDone();
    const slicesAfterTurns = [log.length];
    for (let turns = 0; turns < 2; turns += 1) {
      await loop.turn();
      slicesAfterTurns.push(log.length);
    }
    expect(slicesAfterTurns).toEqual([4, 8, 10]);
  });

  test("shares one budget, round robin in the order of arrival", async () => {
    const loop = steppedLoop();
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) void longWork(loop, { name, slices: 5, log });
    await microtasksDone();
    log.length = 0;
    await loop.turn();
    const [first = "", second = "", third = ""] = log;
    expect(new Set([first, second, third]).size).toBe(3);
    expect(log).toEqual([first, second, third, first]);
    log.length = 0;
    await loop.turn();
    expect(log).toEqual([second, third, first, second]);
  });

  test("a slice that takes too long ends the turn for all", async () => {
    const loop = steppedLoop();
    const log: string[] = [];
    void longWork(loop, { name: "a", slices: 3, sliceMs: 80, log });
    void longWork(loop, { name: "b", slices: 3, sliceMs: 80, log });
    await microtasksDone();
    const perTurn: number[] = [];
    for (let before = log.length; await loop.turn(); before = log.length) perTurn.push(log.length - before);
    expect(perTurn.filter((count) => count > 0)).toEqual([1, 1, 1, 1]);
  });

  test("begins no slice that does not fit into the budget whole", async () => {
    const loop = steppedLoop();
    const log: string[] = [];
    void longWork(loop, { name: "a", slices: 9, sliceMs: 1.6, log });
    await microtasksDone();
    // After two slices 3.2 of 4 ms are gone.
    expect(log.length).toBe(2);
    await loop.turn();
    expect(log.length).toBe(4);
  });

  test("that waits for something else holds up the others until the next turn at most", async () => {
    const loop = steppedLoop();
    const [stuck, other] = [loop.pacer.begin(), loop.pacer.begin()];
    loop.pass(4);
    const granted: string[] = [];
    void waitsFor(stuck.turn()).then(() => granted.push("stuck"));
    void waitsFor(other.turn()).then(() => granted.push("other"));
    await loop.turn();
    expect(granted).toEqual(["stuck"]);
    await loop.turn();
    expect(granted).toEqual(["stuck", "other"]);
  });

  test("that ends lets the next one go on in the same turn", async () => {
    const loop = steppedLoop();
    const [first, second] = [loop.pacer.begin(), loop.pacer.begin()];
    loop.pass(4);
    void waitsFor(first.turn()).then(() => first.end());
    let granted = false;
    void waitsFor(second.turn()).then(() => (granted = true));
    await loop.turn();
    expect(granted).toBe(true);
    second.end();
    second.end();
    expect(loop.pacer.load).toEqual({ waiting: 0, works: 0, refused: 0 });
  });
});

describe("newcomers", () => {
  test("are told to start small when many begin at once", () => {
    const { pacer } = steppedLoop();
    const works = Array.from({ length: 12 }, () => pacer.begin());
    expect(works.filter((work) => work.crowded).length).toBe(4);
    for (const work of works) work.end();
    expect(pacer.begin().crowded).toBe(false);
  });

  test("are told to start small when many begin in one turn among long work", async () => {
    const { pacer, pass, turn } = steppedLoop();
    const long = pacer.begin();
    pass(4);
    void waitsFor(long.turn());
    const oneByOne = (): boolean[] =>
      Array.from({ length: 12 }, () => {
        const work = pacer.begin();
        work.end();
        return work.crowded;
      });
    expect(oneByOne().filter(Boolean).length).toBe(4);
    await turn();
    expect(oneByOne().filter(Boolean).length).toBe(4);
  });
});

describe("refusal", () => {
  test("comes at once when as many long works as allowed are there, and only before the first turn", async () => {
    const loop = steppedLoop({ worksMax: 2 });
    const [first, second, third] = [loop.pacer.begin(), loop.pacer.begin(), loop.pacer.begin()];
    loop.pass(5);
    const firstTurn = waitsFor(first.turn());
    const secondTurn = waitsFor(second.turn());
    expect(third.turn()).toBe("refused");
    third.end();
    expect(loop.pacer.load).toEqual({ waiting: 2, works: 2, refused: 1 });
    await loop.turn();
    await loop.turn();
    expect([await firstTurn, await secondTurn]).toEqual(["granted", "granted"]);
    first.end();
    const fourth = loop.pacer.begin();
    expect(fourth.turn()).toBe("granted");
  });

  test("comes when the first wait has lasted longer than the limit", async () => {
    const loop = steppedLoop({ waitMsMax: 100 });
    const [holder, late] = [loop.pacer.begin(), loop.pacer.begin()];
    loop.pass(4);
    const holding = waitsFor(holder.turn());
    const waiting = waitsFor(late.turn());
    await loop.turn();
    await holding;
    loop.pass(101);
    await loop.turn();
    expect(await waiting).toBe("refused");
    late.end();
    holder.end();
    expect(loop.pacer.load).toEqual({ waiting: 0, works: 0, refused: 1 });
  });

  test("never meets work that has had a turn, however long it waits", async () => {
    const loop = steppedLoop({ waitMsMax: 100 });
    const work = loop.pacer.begin();
    loop.pass(1);
    expect(work.turn()).toBe("granted");
    loop.pass(4);
    const waiting = waitsFor(work.turn());
    loop.pass(5000);
    await loop.turn();
    expect(await waiting).toBe("granted");
  });

  test("never meets work that must be brought to its end", async () => {
    const loop = steppedLoop({ waitMsMax: 100, worksMax: 1 });
    const log: string[] = [];
    void longWork(loop, { name: "a", slices: 9, log });
    await microtasksDone();
    const answer = loop.pacer.resume();
    const waiting = waitsFor(answer.turn());
    loop.pass(5000);
    while (await loop.turn());
    expect(await waiting).toBe("granted");
  });

  test("comes at once when the wait can be foreseen, and no longer when the queue is short", async () => {
    const loop = steppedLoop({ waitMsMax: 100 });
    let going = true;
    const goOn = async (): Promise<void> => {
      const work = loop.pacer.resume();
      while (going) {
        loop.pass(1);
        await work.turn();
      }
      work.end();
    };
    const works = Array.from({ length: 100 }, goOn);
    // Four slices in 10 ms: the hundredth in the queue waits for 250 ms.
    for (let turns = 0; turns < 50; turns += 1) {
      loop.pass(6);
      await loop.turn();
    }
    expect(loop.pacer.load.waiting).toBe(100);
    expect(loop.pacer.begin().turn()).toBe("refused");
    going = false;
    while (await loop.turn());
    await Promise.all(works);
    expect(loop.pacer.begin().turn()).toBe("granted");
  });

  test("one long stop of the machine does not close the door", async () => {
    const loop = steppedLoop({ waitMsMax: 100 });
    const work = loop.pacer.resume();
    for (let stops = 0; stops < 50; stops += 1) {
      loop.pass(4);
      const waiting = waitsFor(work.turn());
      loop.pass(60_000);
      await loop.turn();
      await waiting;
    }
    loop.pass(4);
    void waitsFor(work.turn());
    const newcomers = Array.from({ length: 8 }, () => loop.pacer.begin().turn());
    expect(newcomers).not.toContain("refused");
  });
});
