/**
 * What several clients did at once and what they saw, in the form that the checker judges. Every write appends its own
 * name to the trail of each item it writes and adds to the item's balance: so an item tells all who wrote it, in order,
 * and a read tells exactly which writes it saw.
 */
import { assert } from "../../src/base/index.ts";

/** One item as somebody saw it; without a trail it is not there. */
export interface Seen {
  readonly key: string;
  readonly trail: readonly string[];
  readonly balance: number;
}

export interface Append {
  readonly key: string;
  readonly amount: number;
}

/** `unknown`: no answer came; it may have taken place or not. */
export type OperationEnd = "done" | "refused" | "unknown";

/** Moments are numbers of one counter, which grows with every start and end: their order is that of real time. */
export interface Operation {
  readonly name: string;
  readonly startedAt: number;
  /** Infinity while nobody knows. */
  readonly endedAt: number;
  readonly end: OperationEnd;
  /** What it writes, or would have written. */
  readonly appends: readonly Append[];
  /**
   * Items as they were before its own writes, all of one moment: as it was told, or as its conditions demand. Of a
   * refused one: what it was told as the reason.
   */
  readonly seen: readonly Seen[];
  /** `committed`: each item by itself, of any moment. */
  readonly isolation: "serializable" | "committed";
  /** What the balances it saw must add up to. */
  readonly sum?: number;
}

export interface History {
  readonly operations: readonly Operation[];
  /** Every item that anybody wrote, when all was over. */
  readonly final: ReadonlyMap<string, Seen>;
}

export type OperationResult = Pick<Operation, "end" | "seen">;

/** Takes down what clients of one process do. */
export class HistoryRecorder {
  readonly #operations = new Map<string, Operation>();
  #moment = 0;

  begin(): number {
    this.#moment += 1;
    return this.#moment;
  }

  end(operation: Omit<Operation, "endedAt">): void {
    assert(!this.#operations.has(operation.name), "operations have names of their own");
    this.#moment += 1;
    const endedAt = operation.end === "unknown" ? Number.POSITIVE_INFINITY : this.#moment;
    this.#operations.set(operation.name, { ...operation, endedAt });
  }

  /** An operation without an answer was asked for again, and this is its answer. */
  settle(name: string, result: OperationResult): void {
    const operation = this.#operations.get(name);
    assert(operation?.end === "unknown", "only what has no answer yet is settled");
    this.#moment += 1;
    this.#operations.set(name, { ...operation, ...result, endedAt: this.#moment });
  }

  get operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }
}
