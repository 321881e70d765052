/** The numbers of the reference, row by row (through several routers: test/threads/indexed.test.ts). */
import { openHarness } from "./harness.ts";
import { indexedSuite, patienceMsHere } from "./indexed-suite.ts";
import { referenceVectors } from "./reference-vectors.ts";

indexedSuite({ open: openHarness, sections: referenceVectors, patienceMs: patienceMsHere });
