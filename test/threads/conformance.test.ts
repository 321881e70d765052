/** DynamoDB's answers, row by row, where each request goes to another router than the one before. */
import { conformanceSuite } from "../conformance/conformance-suite.ts";
import { openThreaded } from "./threaded-harness.ts";

conformanceSuite(() => openThreaded());
