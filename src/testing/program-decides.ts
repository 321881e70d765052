/** The one mutation of random store programs. Apart from their generators, so that a writer thread loads only this. */
import type { Commit, DecideFunction, DecideRegistry } from "../storage/contract/index.ts";

/** Writes what it is told and reports what it saw; refuses when told so. */
const decideAsTold: DecideFunction = (args, records, { nowMicros, counters }) => {
  const { commit, refuse } = args as { readonly commit: Commit; readonly refuse: boolean };
  const result = { seen: records.map((record) => record && valueText(record.value)), nowMicros, counters };
  return refuse ? { kind: "refuse", result } : { kind: "commit", commit, result };
};

export const programDecides: DecideRegistry = new Map([["asTold", decideAsTold]]);

/** Values of programs are one byte repeated. */
export function valueText(value: Uint8Array): string {
  return `${value.length} times ${value[0] ?? "nothing"}`;
}
