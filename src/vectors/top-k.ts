/**
 * The k nearest of any number of candidates, in memory for k: a heap whose root is the worst of those kept. Equal scores
 * are ordered by key bytes, so the result depends on the candidates and not on the order they come in.
 */
import { assert, compareBytes } from "../base/index.ts";
import { type DistanceFunction, isNearer } from "./distances.ts";
import { vectorLimits } from "./vector-limits.ts";

export interface TopK<Value> {
  /** False when a candidate with this score could not get in, whatever its key: spares making its key and value. */
  accepts(score: number): boolean;
  /** Keeps the candidate, or forgets it or a worse one. No two candidates have the same key. */
  offer(score: number, key: Uint8Array, value: Value): void;
  /** What is kept, best first; more may be offered afterwards. */
  result(): readonly Candidate<Value>[];
}

export interface Candidate<Value> {
  readonly score: number;
  /** Breaks ties, lower first. */
  readonly key: Uint8Array;
  readonly value: Value;
}

export interface TopKOptions {
  /** 1 to 100. */
  readonly k: number;
  readonly distance: DistanceFunction;
}

export function createTopK<Value>({ k, distance }: TopKOptions): TopK<Value> {
  assert(Number.isInteger(k) && k >= 1 && k <= vectorLimits.topKMax, "k is 1 to 100");
  const order = candidateOrder(distance);
  const heap: Candidate<Value>[] = [];
  return {
    accepts(score) {
      const worst = heap[0];
      return heap.length < k || worst === undefined || !isNearer(distance, worst.score, score);
    },
    offer(score, key, value) {
      assert(!Number.isNaN(score), "a score is a number");
      const candidate = { score, key, value };
      const worst = heap[0];
      if (heap.length < k || worst === undefined) {
        rise({ heap, order }, candidate);
      } else if (order(candidate, worst) < 0) {
        sink({ heap, order }, candidate);
      }
    },
    result: () => heap.toSorted(order),
  };
}

/** Negative when the first is the better one. */
type Order = (left: Candidate<unknown>, right: Candidate<unknown>) => number;

function candidateOrder(distance: DistanceFunction): Order {
  return (left, right) => {
    if (isNearer(distance, left.score, right.score)) return -1;
    if (isNearer(distance, right.score, left.score)) return 1;
    return compareBytes(left.key, right.key);
  };
}

interface Heap<Value> {
  readonly heap: Candidate<Value>[];
  readonly order: Order;
}

/** Adds a candidate at the end and lets it take the places of better ones above. */
function rise<Value>({ heap, order }: Heap<Value>, candidate: Candidate<Value>): void {
  let at = heap.length;
  heap.push(candidate);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || order(candidate, parent) <= 0) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = candidate;
}

/** Puts a candidate in the place of the root and lets worse ones below take its place. */
function sink<Value>({ heap, order }: Heap<Value>, candidate: Candidate<Value>): void {
  let at = 0;
  for (;;) {
    const below = worseChild({ heap, order }, at);
    const child = heap[below];
    if (child === undefined || order(child, candidate) <= 0) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = candidate;
}

/** Index of the worse of the two below; beyond the end when there is none. */
function worseChild<Value>({ heap, order }: Heap<Value>, at: number): number {
  const left = at * 2 + 1;
  const first = heap[left];
  const second = heap[left + 1];
  return first !== undefined && second !== undefined && order(second, first) > 0 ? left + 1 : left;
}
