/**
 * The numbers of the reference as tests, all that concern what is built: sizes, units of reads and writes, index writes,
 * layouts. Rows begin with their section of the chapter on capacity. Not here, because nothing stands behind them:
 * admission and throttling (17.8 to 17.10), prices, break-even arithmetic.
 */
import type { IndexedSuite } from "./indexed-suite.ts";
import { layoutVectors } from "./reference-vectors-layouts.ts";
import { readVectors } from "./reference-vectors-reads.ts";
import { sizeVectors } from "./reference-vectors-sizes.ts";
import { writeVectors } from "./reference-vectors-writes.ts";

export const referenceVectors: IndexedSuite["sections"] = [
  ["sizes", sizeVectors],
  ["reads", readVectors],
  ["writes", writeVectors],
  ["answers", layoutVectors],
];
