/** Rows about tables with indexes, where each request goes to another router than the one before. */
import { describe } from "vitest";
import {
  collectionBytesMax,
  collectionGroups,
  collectionTables,
} from "../conformance/index-collection-cases.ts";
import { indexRows } from "../conformance/index-rows.ts";
import { indexedSuite } from "../conformance/indexed-suite.ts";
import { referenceVectors } from "../conformance/reference-vectors.ts";
import { openThreaded } from "./threaded-harness.ts";

/** Whoever reads an index waits until it has caught up. */
const caughtUp = { indexLags: { all: "none" } } as const;

/** Reads of indexes wait for what was written; what DescribeTable counts does not. Shorter than the limit of a test. */
const patienceMs = 8000;

describe("numbers and rules", () => {
  indexedSuite({
    open: () => openThreaded(caughtUp),
    sections: [...referenceVectors, ...indexRows],
    patienceMs,
  });
});

describe("small item collections", () => {
  indexedSuite({
    open: () => openThreaded({ ...caughtUp, collectionBytesMax }),
    sections: [["item collections", collectionGroups]],
    tables: collectionTables,
  });
});
