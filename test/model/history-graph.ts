/**
 * Which operation must come before which, and whether that goes round in a circle. The final trail of an item is the
 * order of its writes; whoever saw an item comes after the last write it saw and before the next one; and what ended
 * before something else began comes before it.
 */
import { assert } from "../../src/base/index.ts";
import type { History, Operation } from "./history.ts";

interface Edge {
  readonly to: number;
  /** Stands between two names; absent: a step of time. */
  readonly why?: string;
}

type Graph = readonly Edge[][];

/** A circle of operations as a sentence, mostly the shortest; undefined: there is none. */
export function findCycle(operations: readonly Operation[], final: History["final"]): string | undefined {
  const graph: Edge[][] = operations.map(() => []);
  const numbers = new Map(operations.map(({ name }, number) => [name, number]));
  addWrites(graph, numbers, final);
  addReads(graph, operations, { numbers, final });
  addTime(graph, operations);
  const rest = withoutEnds(graph);
  if (rest.size === 0) return undefined;
  return sentence(
    shortCycle(graph, rest),
    operations.map(({ name }) => name),
  );
}

type Numbers = ReadonlyMap<string, number>;

function numberOf(numbers: Numbers, name: string): number {
  const number = numbers.get(name);
  assert(number !== undefined, "trails hold names of operations that happened");
  return number;
}

function addWrites(graph: Edge[][], numbers: Numbers, final: History["final"]): void {
  for (const { key, trail } of final.values()) {
    for (const [index, name] of trail.slice(1).entries()) {
      const before = numberOf(numbers, trail[index] ?? "");
      graph[before]?.push({ to: numberOf(numbers, name), why: `wrote ${key} before` });
    }
  }
}

interface Order {
  readonly numbers: Numbers;
  readonly final: History["final"];
}

function addReads(graph: Edge[][], operations: readonly Operation[], { numbers, final }: Order): void {
  for (const [reader, { seen }] of operations.entries()) {
    for (const { key, trail } of seen) {
      const last = trail.at(-1);
      if (last !== undefined) {
        graph[numberOf(numbers, last)]?.push({ to: reader, why: `wrote ${key} as it was seen by` });
      }
      const next = final.get(key)?.trail[trail.length];
      const writer = next === undefined ? reader : numberOf(numbers, next);
      if (writer !== reader) graph[reader]?.push({ to: writer, why: `saw ${key} before the write of` });
    }
  }
}

/** A chain of moments beside the operations, so that there are as many edges as operations, not as pairs of them. */
function addTime(graph: Edge[][], operations: readonly Operation[]): void {
  const moments = operations
    .map(({ endedAt }, operation) => ({ endedAt, operation }))
    .filter(({ endedAt }) => endedAt !== Number.POSITIVE_INFINITY)
    .sort((one, other) => one.endedAt - other.endedAt);
  const first = graph.length;
  for (const [index, { operation }] of moments.entries()) {
    graph.push(index + 1 < moments.length ? [{ to: first + index + 1 }] : []);
    graph[operation]?.push({ to: first + index });
  }
  for (const [operation, { startedAt }] of operations.entries()) {
    const before = countBefore(moments, startedAt);
    if (before > 0) graph[first + before - 1]?.push({ to: operation });
  }
}

/** How many of the moments, which are in order, are before this one. */
function countBefore(moments: readonly { readonly endedAt: number }[], startedAt: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle]?.endedAt ?? 0) < startedAt) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The nodes that are left when what has no predecessor is taken away again and again: circles, and what follows. */
function withoutEnds(graph: Graph): ReadonlySet<number> {
  const rest = new Set(graph.keys());
  const predecessors = new Uint32Array(graph.length);
  for (const edges of graph) for (const { to } of edges) predecessors[to] = (predecessors[to] ?? 0) + 1;
  const free = [...rest].filter((node) => predecessors[node] === 0);
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    rest.delete(node);
    for (const { to } of graph[node] ?? []) {
      predecessors[to] = (predecessors[to] ?? 0) - 1;
      if (predecessors[to] === 0) free.push(to);
    }
  }
  return rest;
}

interface Step {
  readonly from: number;
  readonly edge: Edge;
}

/** The shortest one through a node of the first one found; mostly the shortest of all. */
function shortCycle(graph: Graph, rest: ReadonlySet<number>): readonly Step[] {
  let best = cycleThrough(graph, rest, nodeOnCycle(graph, rest));
  for (const { from } of best) {
    const found = cycleThrough(graph, rest, from);
    if (found.length < best.length) best = found;
  }
  return best;
}

/** All that is left has predecessors there: whoever walks from one to the next comes to where he was before. */
function nodeOnCycle(graph: Graph, rest: ReadonlySet<number>): number {
  const predecessors = new Map<number, number>();
  for (const node of rest) for (const { to } of graph[node] ?? []) predecessors.set(to, node);
  const visited = new Set<number>();
  let [node = 0] = rest;
  while (!visited.has(node)) {
    visited.add(node);
    node = predecessors.get(node) ?? node;
  }
  return node;
}

/** Breadth first: the shortest one through the node. */
function cycleThrough(graph: Graph, rest: ReadonlySet<number>, start: number): readonly Step[] {
  const arrivals = new Map<number, Step>();
  const next = [start];
  for (const from of next) {
    for (const edge of graph[from] ?? []) {
      if (!rest.has(edge.to) || arrivals.has(edge.to)) continue;
      arrivals.set(edge.to, { from, edge });
      if (edge.to === start) return stepsTo(start, arrivals);
      next.push(edge.to);
    }
  }
  throw new Error("the node is on no circle");
}

function stepsTo(start: number, arrivals: ReadonlyMap<number, Step>): readonly Step[] {
  const steps: Step[] = [];
  let node = start;
  do {
    const step = arrivals.get(node);
    assert(step !== undefined, "every step came from somewhere");
    steps.unshift(step);
    node = step.from;
  } while (node !== start);
  return steps;
}

/** Moments are no operations: what lies between two names is "ended before". */
function sentence(steps: readonly Step[], names: readonly string[]): string {
  // A circle of moments only is impossible: time goes on.
  const begin = steps.findIndex(({ from }) => from < names.length);
  const turned = [...steps.slice(begin), ...steps.slice(0, begin)];
  let text = names[turned[0]?.from ?? 0] ?? "";
  for (const { edge } of turned) {
    if (edge.to < names.length) text += ` ${edge.why ?? "ended before"} ${names[edge.to]}`;
  }
  return text;
}
