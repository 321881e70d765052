/**
 * Shares the turns of an event loop among long pieces of work, so that sockets are polled every few milliseconds
 * however many long requests run at once. Work is done in slices. All slices of one turn share one budget; what
 * does not fit waits in a bounded queue, first come first served, so that long requests go round robin. Work that
 * would wait too long is refused before its first wait, and never later.
 *
 * Short work asks nothing and waits for nobody: it never calls `turn`. Nothing here is cut by force; a slice that
 * takes longer than it should ends the budget of its turn.
 */

import { BoundedQueue } from "./bounded-queue.ts";
import { monotonicMs } from "./clock.ts";
import { limits } from "./limits.ts";
import { inNextTurn } from "./next-turn.ts";

export interface TurnPacerOptions {
  /** Long work of one turn takes this long; a slice is begun only where a whole one fits. */
  readonly budgetMs?: number;
  /** After this long a slice asks for its next turn. */
  readonly sliceMs?: number;
  /** Work that would wait longer than this for its first turn is refused. */
  readonly waitMsMax?: number;
  /** Long work at once, running or waiting; more is refused. */
  readonly worksMax?: number;
  readonly nowMs?: () => number;
  /** Runs the task in the next turn of the event loop. */
  readonly nextTurn?: (task: () => void) => void;
}

export interface TurnPacer {
  /** The first slice of a piece of work begins at once, whatever else is waiting. */
  begin(): PacedWork;
  /** The same for what must be brought to its end, such as the answer of a write: it is never refused. */
  resume(): PacedWork;
  readonly load: PacerLoad;
}

export interface PacerLoad {
  /** Pieces of long work waiting for a turn. */
  readonly waiting: number;
  /** Pieces of long work that have called `turn` and not ended. */
  readonly works: number;
  /** Refused since the beginning. */
  readonly refused: number;
}

/** `refused`: too much is waiting; end the work, nothing of it is to be done now. Only for the first turn of work. */
export type TurnOutcome = "granted" | "refused";

/** One piece of work; called between its slices and at its end, by its owner alone. */
export interface PacedWork {
  /** True when other long work is around, so that the first slice should be a small one. */
  readonly crowded: boolean;
  /** True when this slice has lasted long enough. Looks at the clock: some 40 ns. */
  sliceOver(): boolean;
  /** Ends this slice. A value: the next one begins at once. A promise: it begins when that resolves. */
  turn(): TurnOutcome | Promise<TurnOutcome>;
  /** Must be called when the work is done or given up; more than once does no harm. */
  end(): void;
}

/** The budget stays below the limit, since the last slice of a turn may last longer than it should. */
const defaults = { budgetMs: limits.sliceMsMax - 1, sliceMs: 1, waitMsMax: 1000, worksMax: 1000 };

/** First slices of full size that each turn has for newcomers while long work is around, and at once in any case. */
const fullFirstSlices = 8;

export function createTurnPacer(options: TurnPacerOptions = {}): TurnPacer {
  return new ThreadPacer({
    ...defaults,
    nowMs: monotonicMs,
    nextTurn: inNextTurn,
    ...options,
  });
}

interface Waiting {
  readonly work: Work;
  readonly sinceMs: number;
  /** How many were before it, itself included. */
  readonly place: number;
  readonly resolve: (outcome: TurnOutcome) => void;
}

class ThreadPacer implements TurnPacer {
  readonly options: Required<TurnPacerOptions>;
  readonly #queue: BoundedQueue<Waiting>;
  /** Used up of this turn's budget. */
  #spentMs = 0;
  #turnAsked = false;
  #begunThisTurn = 0;
  /** Begun and neither ended nor waiting for a turn yet. */
  #inFirstSlice = 0;
  #works = 0;
  #refused = 0;
  /** A moving average of what each place in the queue has cost those who waited. */
  #placeMs = 0;

  constructor(options: Required<TurnPacerOptions>) {
    this.options = options;
    // Twice, for work that cannot be refused; beyond that it goes on without a turn.
    this.#queue = new BoundedQueue(options.worksMax * 2);
  }

  get load(): PacerLoad {
    return { waiting: this.#queue.size, works: this.#works, refused: this.#refused };
  }

  begin(): PacedWork {
    return new Work(this, { refusable: true, crowded: this.#crowded() });
  }

  resume(): PacedWork {
    return new Work(this, { refusable: false, crowded: this.#crowded() });
  }

  /** Turns are counted only while there is long work, so that short requests do not cost one. */
  #crowded(): boolean {
    this.#inFirstSlice += 1;
    if (this.#turnAsked) this.#begunThisTurn += 1;
    return this.#begunThisTurn > fullFirstSlices || this.#inFirstSlice > fullFirstSlices;
  }

  firstSliceOver(): void {
    this.#inFirstSlice -= 1;
  }

  /** The time of a slice; the budget is whole again in the next turn. */
  charge(ms: number): void {
    this.#spentMs += ms;
    this.#askForTurn();
  }

  /** False when the work is refused. */
  admit(work: Work): boolean {
    if (work.refusable) {
      const waitMs = this.#placeMs * (this.#queue.size + 1);
      if (this.#works >= this.options.worksMax || waitMs > this.options.waitMsMax) {
        this.#refused += 1;
        return false;
      }
    }
    this.#works += 1;
    return true;
  }

  nextSlice(work: Work): TurnOutcome | Promise<TurnOutcome> {
    if (this.#queue.size === 0 && this.#sliceFits()) return "granted";
    return new Promise((resolve) => {
      const sinceMs = this.options.nowMs();
      if (!this.#queue.push({ work, sinceMs, place: this.#queue.size + 1, resolve })) {
        resolve("granted");
        return;
      }
      this.#askForTurn();
      this.grantNext();
    });
  }

  leave(): void {
    this.#works -= 1;
    this.grantNext();
  }

  /**
   * Lets the one that waits longest go on, if there is time. One at a time: each hands on when its slice is over.
   * Whoever does not, because it waits for something else, holds up the others until the next turn at most.
   */
  grantNext(): void {
    while (this.#queue.size > 0 && this.#sliceFits()) {
      const waiting = this.#queue.shift();
      if (waiting === undefined || this.#grant(waiting)) return;
    }
  }

  /** False when the one that waited was refused. */
  #grant({ work, sinceMs, place, resolve }: Waiting): boolean {
    const nowMs = this.options.nowMs();
    const waitedMs = nowMs - sinceMs;
    // Bounded, so that one long stop of the machine cannot close the door: a tenth of the limit lets ten queue up.
    const placeMs = Math.min(waitedMs / place, this.options.waitMsMax / 10);
    this.#placeMs += (placeMs - this.#placeMs) / 8;
    if (work.refuseAfter(waitedMs)) {
      this.#works -= 1;
      this.#refused += 1;
      resolve("refused");
      return false;
    }
    work.granted(nowMs);
    resolve("granted");
    return true;
  }

  #sliceFits(): boolean {
    return this.#spentMs + this.options.sliceMs <= this.options.budgetMs;
  }

  #askForTurn(): void {
    if (this.#turnAsked) return;
    this.#turnAsked = true;
    this.options.nextTurn(() => {
      this.#turnAsked = false;
      this.#spentMs = 0;
      this.#begunThisTurn = 0;
      if (this.#queue.size === 0) return;
      this.#askForTurn();
      this.grantNext();
    });
  }
}

class Work implements PacedWork {
  readonly crowded: boolean;
  readonly refusable: boolean;
  readonly #pacer: ThreadPacer;
  #sliceStartMs: number;
  /** `short`: has not asked for a turn. `entering`: waits for its first. */
  #state: "short" | "entering" | "long" | "ended" = "short";

  constructor(
    pacer: ThreadPacer,
    { refusable, crowded }: { readonly refusable: boolean; readonly crowded: boolean },
  ) {
    this.#pacer = pacer;
    this.refusable = refusable;
    this.crowded = crowded;
    this.#sliceStartMs = pacer.options.nowMs();
  }

  sliceOver(): boolean {
    const { nowMs, sliceMs } = this.#pacer.options;
    return nowMs() - this.#sliceStartMs >= sliceMs;
  }

  turn(): TurnOutcome | Promise<TurnOutcome> {
    const nowMs = this.#pacer.options.nowMs();
    this.#pacer.charge(nowMs - this.#sliceStartMs);
    this.#sliceStartMs = nowMs;
    if (this.#state === "short") {
      this.#pacer.firstSliceOver();
      if (!this.#pacer.admit(this)) {
        this.#state = "ended";
        return "refused";
      }
      this.#state = "entering";
    }
    const outcome = this.#pacer.nextSlice(this);
    if (outcome === "granted") this.#state = "long";
    return outcome;
  }

  /** True when this was its first wait and took too long; it has then ended. */
  refuseAfter(waitedMs: number): boolean {
    if (this.#state !== "entering" || !this.refusable || waitedMs <= this.#pacer.options.waitMsMax)
      return false;
    this.#state = "ended";
    return true;
  }

  granted(nowMs: number): void {
    this.#state = "long";
    this.#sliceStartMs = nowMs;
  }

  end(): void {
    const state = this.#state;
    this.#state = "ended";
    if (state === "short") this.#pacer.firstSliceOver();
    if (state === "short" || state === "ended") return;
    this.#pacer.charge(this.#pacer.options.nowMs() - this.#sliceStartMs);
    this.#pacer.leave();
  }
}
