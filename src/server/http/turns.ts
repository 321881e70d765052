/**
 * Lets connections whose next request is already here begin it one by one, in later turns of the event loop: whoever
 * sends many requests at once does not hold up the others. First come, first served; each connection is in the
 * queue at most once, so that it is as long as there are connections.
 */

import { inNextTurn, monotonicMs } from "../../base/index.ts";

export interface TurnTaker {
  takeTurn(): void;
}

export interface Turns {
  ask(taker: TurnTaker): void;
}

export interface TurnsOptions {
  /** Runs the task after other sockets have had their chance. */
  readonly nextTurn?: (task: () => void) => void;
  readonly nowMs?: () => number;
}

/** Begun in one turn: few enough that the loop stays quick, enough that a turn is worth its price. */
const begunPerTurnMax = 32;
/** What requests do before they first wait for something counts as the turn's time. */
const turnMsMax = 2;

export function createTurns(options: TurnsOptions = {}): Turns {
  return new TurnQueue(options);
}

class TurnQueue implements Turns {
  readonly #nextTurn: (task: () => void) => void;
  readonly #nowMs: () => number;
  #waiting: TurnTaker[] = [];
  /** Of `waiting`: how many have had their turn. */
  #taken = 0;
  readonly #run = (): void => this.#runTurn();

  constructor({ nextTurn: schedule = inNextTurn, nowMs = monotonicMs }: TurnsOptions) {
    this.#nextTurn = schedule;
    this.#nowMs = nowMs;
  }

  ask(taker: TurnTaker): void {
    this.#waiting.push(taker);
    if (this.#waiting.length === 1) this.#nextTurn(this.#run);
  }

  #runTurn(): void {
    const deadlineMs = this.#nowMs() + turnMsMax;
    // Whoever comes back while this runs belongs to a later turn.
    const end = Math.min(this.#waiting.length, this.#taken + begunPerTurnMax);
    while (this.#taken < end) {
      const taker = this.#waiting[this.#taken];
      this.#taken += 1;
      taker?.takeTurn();
      if (this.#nowMs() > deadlineMs) break;
    }
    this.#forget();
    if (this.#waiting.length > 0) this.#nextTurn(this.#run);
  }

  /** Copying what is left only when it is the smaller part keeps the price of each turn constant. */
  #forget(): void {
    if (this.#taken * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#taken);
    this.#taken = 0;
  }
}
