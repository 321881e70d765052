// Turns of an event loop that the test turns by hand.
import { describe, expect, it } from "vitest";
import { createTurns, type TurnTaker } from "./turns.ts";

function handTurned(nowMs: () => number = () => 0) {
  const tasks: (() => void)[] = [];
  const turns = createTurns({ nextTurn: (task) => tasks.push(task), nowMs });
  return {
    turns,
    tasks,
    turn: (): void => {
      for (const task of tasks.splice(0)) task();
    },
  };
}

describe("turns", () => {
  it("are taken in the order asked for, and never at once", () => {
    const { turns, turn } = handTurned();
    const taken: number[] = [];
    for (const n of [1, 2, 3]) turns.ask({ takeTurn: () => void taken.push(n) });
    expect(taken).toEqual([]);
    turn();
    expect(taken).toEqual([1, 2, 3]);
  });

  it("come once in each turn for those who ask again", () => {
    const { turns, turn, tasks } = handTurned();
    const taken: string[] = [];
    const eager = (name: string): TurnTaker => {
      const taker: TurnTaker = {
        takeTurn() {
          taken.push(name);
          if (taken.length < 6) turns.ask(taker);
        },
      };
      return taker;
    };
    turns.ask(eager("a"));
    turns.ask(eager("b"));
    turn();
    expect(taken).toEqual(["a", "b"]);
    turn();
    expect(taken).toEqual(["a", "b", "a", "b"]);
    turn();
    turn();
    expect(tasks).toEqual([]);
  });

  it("are cut when many wait, without losing anybody", () => {
    const { turns, turn, tasks } = handTurned();
    let taken = 0;
    for (let count = 0; count < 1000; count++) turns.ask({ takeTurn: () => void (taken += 1) });
    turn();
    expect(taken).toBe(32);
    let rounds = 1;
    while (tasks.length > 0) {
      turn();
      rounds += 1;
    }
    expect([taken, rounds]).toEqual([1000, Math.ceil(1000 / 32)]);
  });

  it("are cut when they take long", () => {
    let nowMs = 0;
    const { turns, turn } = handTurned(() => nowMs);
    let taken = 0;
    for (let count = 0; count < 10; count++) {
      turns.ask({
        takeTurn() {
          taken += 1;
          nowMs += 1;
        },
      });
    }
    turn();
    expect(taken).toBe(3);
  });
});
