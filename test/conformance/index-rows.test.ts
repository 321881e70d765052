/** Rules of secondary indexes, row by row (through several routers: test/threads/indexed.test.ts). */
import { openHarness } from "./harness.ts";
import { indexRows } from "./index-rows.ts";
import { indexedSuite, patienceMsHere } from "./indexed-suite.ts";

indexedSuite({ open: openHarness, sections: indexRows, patienceMs: patienceMsHere });
