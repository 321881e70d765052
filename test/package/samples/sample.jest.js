// Jest as it comes: CommonJS, no flags, and with fake timers, which must not stop the engine.
const { open } = require("stator");
const { expected, roundTrip } = require("./round-trip.cjs");

test("a round trip", async () => {
  expect(await roundTrip(open)).toBe(expected);
});

test("a round trip under fake timers", async () => {
  jest.useFakeTimers();
  expect(await roundTrip(open)).toBe(expected);
  jest.useRealTimers();
});
