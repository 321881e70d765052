// `require` from a CommonJS module.
"use strict";
const assert = require("node:assert/strict");
const { open } = require("stator");
const { expected, roundTrip } = require("./round-trip.cjs");

void roundTrip(open).then((answer) => assert.equal(answer, expected));
