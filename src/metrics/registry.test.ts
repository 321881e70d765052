/** Metrics as text, bounded series, and no state shared between two sets. */

import { expect, test } from "vitest";
import { AssertionFailure } from "../base/index.ts";
import { createMetrics } from "./registry.ts";

test("writes counters, gauges and histograms in the text format", () => {
  const metrics = createMetrics();
  const requests = metrics.counter({
    name: "requests_total",
    help: "Requests.",
    labels: ["operation", "status"],
  });
  requests.with("PutItem", "200").add();
  requests.with("PutItem", "200").add(2);
  requests.with("GetItem", "400").add();
  const queue = metrics.gauge({ name: "queue_length", help: "Waiting." });
  queue.with().set(7);
  queue.with().add(-2);
  let asked = 0;
  metrics.sampledGauge({ name: "asked", help: "Read when shown.", read: () => (asked += 1) });
  const seconds = metrics.histogram({
    name: "wait_seconds",
    help: "Wait.",
    labels: ["kind"],
    lowest: 0.5,
    highest: 2,
  });
  seconds.with("read").record(0.75);
  seconds.with("read").record(5);
  expect(metrics.expose()).toBe(
    `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{operation="PutItem",status="200"} 3
requests_total{operation="GetItem",status="400"} 1
# HELP queue_length Waiting.
# TYPE queue_length gauge
queue_length 5
# HELP asked Read when shown.
# TYPE asked gauge
asked 1
# HELP wait_seconds Wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{kind="read",le="0.5"} 0
wait_seconds_bucket{kind="read",le="1"} 1
wait_seconds_bucket{kind="read",le="2"} 1
wait_seconds_bucket{kind="read",le="+Inf"} 2
wait_seconds_sum{kind="read"} 5.75
wait_seconds_count{kind="read"} 2
`,
  );
});

test("escapes label values and help", () => {
  const metrics = createMetrics();
  metrics
    .counter({ name: "odd", help: "a\\b\nc", labels: ["table"] })
    .with('q"\\\n')
    .add();
  expect(metrics.expose()).toBe('# HELP odd a\\\\b\\nc\n# TYPE odd counter\nodd{table="q\\"\\\\\\n"} 1\n');
});

test("label values that differ are different series, however they would join", () => {
  const family = createMetrics().counter({ name: "pairs", help: "", labels: ["a", "b"] });
  family.with("x,", "y").add();
  family.with("x", ",y").add(5);
  expect(family.with("x,", "y").value).toBe(1);
  expect(family.with("x", ",y").value).toBe(5);
});

test("series are bounded: what comes after the limit is counted together", () => {
  const metrics = createMetrics();
  const family = metrics.counter({ name: "many", help: "", labels: ["table"] });
  for (let index = 0; index < 5000; index += 1) {
    family.with(`table-${index}`).add();
  }
  const lines = metrics
    .expose()
    .split("\n")
    .filter((line) => line.startsWith("many{"));
  expect(lines).toHaveLength(1000);
  expect(lines).toContain('many{table="other"} 4001');
  expect(family.with("table-3").value).toBe(1);
});

test("two sets share nothing", () => {
  const [first, second] = [createMetrics(), createMetrics()];
  first.counter({ name: "same", help: "" }).with().add();
  expect(second.counter({ name: "same", help: "" }).with().value).toBe(0);
});

test("misuse is a mistake: a name twice, a name that is none, missing labels, a shrinking counter", () => {
  const metrics = createMetrics();
  const family = metrics.counter({ name: "once", help: "", labels: ["a"] });
  expect(() => metrics.gauge({ name: "once", help: "" })).toThrow(AssertionFailure);
  expect(() => metrics.gauge({ name: "no name", help: "" })).toThrow(AssertionFailure);
  expect(() => family.with()).toThrow(AssertionFailure);
  expect(() => {
    family.with("x").add(-1);
  }).toThrow(AssertionFailure);
});
