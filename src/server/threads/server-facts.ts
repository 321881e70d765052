/**
 * What all threads of a server know without asking each other, in shared memory: the phase the server is in, and
 * what each thread counts. The store has shared facts of its own.
 */
import { openSharedCounters, type CounterRow, type SharedCounters } from "../../base/index.ts";

export type ServerPhase = "starting" | "ready" | "stopping" | "failed";

const phases: readonly ServerPhase[] = ["starting", "ready", "stopping", "failed"];

const counterNames = ["answered", "refused", "loopDelayMaxMs", "loopDelayRound"] as const;
export type CounterName = (typeof counterNames)[number];

/** Plain data; can be posted to a thread. */
export interface ServerFactsMemory {
  readonly words: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** In the order of their rows. */
  readonly threadNames: readonly string[];
}

export interface ThreadReading {
  readonly name: string;
  readonly answered: number;
  readonly refused: number;
  /** The latest that the thread's event loop was since the last reading; 0 when it had nothing to do. */
  readonly loopDelayMaxMs: number;
}

const phaseAt = 0;
const roundAt = 1;

export class ServerFacts {
  readonly memory: ServerFactsMemory;
  readonly #words: Int32Array;
  readonly #counters: SharedCounters<CounterName>;

  constructor(memory: ServerFactsMemory) {
    this.memory = memory;
    this.#words = new Int32Array(memory.words);
    this.#counters = openSharedCounters(counterNames, memory.threadNames.length, memory.counters);
  }

  static create(threadNames: readonly string[]): ServerFacts {
    const words = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    const counters = openSharedCounters(counterNames, threadNames.length).memory;
    return new ServerFacts({ words, counters, threadNames });
  }

  get phase(): ServerPhase {
    return phases[Atomics.load(this.#words, phaseAt)] ?? "failed";
  }

  set phase(phase: ServerPhase) {
    Atomics.store(this.#words, phaseAt, phases.indexOf(phase));
  }

  row(thread: number): CounterRow<CounterName> {
    return this.#counters.row(thread);
  }

  /** Keeps the latest loop of each reading's round in the thread's own row. */
  delayRecorder(thread: number): (lateMs: number) => void {
    const row = this.row(thread);
    let round = -1;
    let maxMs = 0;
    return (lateMs) => {
      const current = Atomics.load(this.#words, roundAt);
      maxMs = current === round ? Math.max(maxMs, lateMs) : lateMs;
      round = current;
      row.set("loopDelayMaxMs", maxMs);
      row.set("loopDelayRound", round);
    };
  }

  /** Of each thread; begins a new round of delays. */
  read(): readonly ThreadReading[] {
    const round = Atomics.add(this.#words, roundAt, 1);
    return this.memory.threadNames.map((name, thread) => {
      const isCurrent = this.#counters.of(thread, "loopDelayRound") === round;
      return {
        name,
        answered: this.#counters.of(thread, "answered"),
        refused: this.#counters.of(thread, "refused"),
        loopDelayMaxMs: isCurrent ? this.#counters.of(thread, "loopDelayMaxMs") : 0,
      };
    });
  }
}
