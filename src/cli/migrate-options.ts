/** The options of `stator migrate`; like those of serve, each is an environment variable, too. */
import type { OptionRow } from "./option-rows.ts";
import { storePlaceOptions } from "./store-options.ts";

export const migrateOptions: readonly OptionRow[] = [
  ...storePlaceOptions,
  {
    kind: "number",
    name: "heads",
    value: "N",
    min: 1,
    max: 1024,
    help:
      "Of a store that is made now: how many groups of writes may commit at once, and over how many servers of a Citus " +
      "cluster its data can lie. It cannot be changed. Default: 8, and 64 on a cluster.",
  },
];
