/** DynamoDB's answers, row by row (through several routers: test/threads/conformance.test.ts). */
import { conformanceSuite } from "./conformance-suite.ts";
import { openHarness } from "./harness.ts";

conformanceSuite(openHarness);
