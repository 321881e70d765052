// `import` from an ECMAScript module.
import assert from "node:assert/strict";
import { open } from "stator";
import { expected, roundTrip } from "./round-trip.cjs";

assert.equal(await roundTrip(open), expected);
