/** Changes of what a table or an index counts. */
import type { CounterDelta } from "../storage/contract/index.ts";
import { tableCounters } from "./types.ts";

/** Nothing for what stays as it is. */
export function countDeltas(
  keyspace: number,
  { items, bytes }: { readonly items: number; readonly bytes: number },
): readonly CounterDelta[] {
  return [
    { counter: { keyspace, index: tableCounters.items }, delta: items },
    { counter: { keyspace, index: tableCounters.bytes }, delta: bytes },
  ].filter(({ delta }) => delta !== 0);
}
