/** Programs that failed once, as small as they could be made: each names the rule it keeps. */
import type { IndexProgram } from "./index-steps.ts";
import type { WireItem } from "./naive-items.ts";

export interface KeptProgram {
  readonly about: string;
  readonly program: IndexProgram;
}

export const keptPrograms: readonly KeptProgram[] = [
  {
    about: "an update that says nothing makes an item, one that only removes does not",
    program: {
      onDisk: false,
      stale: false,
      steps: [
        { kind: "write", action: { kind: "update", item: keyOf("a", "0"), set: {}, remove: [] } },
        { kind: "write", action: { kind: "update", item: keyOf("b", "0"), set: {}, remove: ["text"] } },
      ],
    },
  },
  {
    about: "a key attribute of an index is refused before a condition is looked at",
    program: {
      onDisk: false,
      stale: false,
      steps: [
        { kind: "write", action: { kind: "put", item: keyOf("a", "0") } },
        { kind: "addIndex", name: "lateMixed" },
        {
          kind: "write",
          action: { kind: "update", item: keyOf("a", "0"), set: { mixed: { N: "1" } }, only: "ifAbsent" },
        },
      ],
    },
  },
];

function keyOf(pk: string, sk: string): WireItem {
  return { pk: { S: pk }, sk: { N: sk } };
}
