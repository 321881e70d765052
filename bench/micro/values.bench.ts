/**
 * What a value costs: reading a request's item, writing it as stored bytes, reading those back, key bytes.
 * `node bench/micro/values.bench.ts` prints one line per case; the test beside it runs each case a few times.
 */

import { Bench } from "tinybench";
import {
  addDecimals,
  compareStrings,
  decodeItem,
  encodeItem,
  encodeKeyValue,
  encodeRecord,
  type Item,
  parseItem,
  recordHeader,
  recordIntact,
  writeItemJson,
} from "../../src/values/index.ts";

export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

/** Ten attributes, about 1 KB of JSON: what a small order or session looks like. */
export const itemJson: string = JSON.stringify({
  pk: { S: "customer#0000123456" },
  sk: { S: "order#2026-03-14T15:09:26.535Z" },
  status: { S: "shipped" },
  total: { N: "1234.56" },
  quantity: { N: "42" },
  paid: { BOOL: true },
  tags: { SS: ["express", "gift", "fragile"] },
  address: {
    M: { street: { S: "1 Long Street" }, city: { S: "Springfield" }, zip: { S: "12345" }, floor: { N: "3" } },
  },
  lines: { L: [{ S: "keyboard" }, { N: "2" }, { S: "mouse" }, { N: "1" }] },
  note: { S: "Please leave the parcel with the neighbours when nobody opens. ".repeat(8) },
});

export function valuesCases(): readonly Case[] {
  const wire = JSON.parse(itemJson) as Record<string, unknown>;
  const item = itemOf(wire);
  const bytes = encodeItem(item);
  const record = encodeRecord({ sizeBytes: 1000, writeTimeMicros: 1.7e15, regionId: 1 }, bytes);
  return [
    { name: "JSON.parse of the request (for comparison)", run: () => JSON.parse(itemJson) as unknown },
    { name: "parseItem", run: () => itemOf(wire) },
    { name: "writeItemJson", run: () => writeItemJson(item) },
    { name: "encodeItem", run: () => encodeItem(item) },
    { name: "parseItem + encodeItem", run: () => encodeItem(itemOf(wire)) },
    { name: "decodeItem", run: () => decodeItem(bytes) },
    {
      name: "encodeRecord",
      run: () => encodeRecord({ sizeBytes: 1, writeTimeMicros: 2, regionId: 3 }, bytes),
    },
    { name: "recordHeader", run: () => recordHeader(record) },
    { name: "recordIntact", run: () => recordIntact(record) },
    { name: "encodeKeyValue S", run: () => encodeKeyValue({ type: "S", value: "customer#0000123456" }) },
    { name: "encodeKeyValue N", run: () => encodeKeyValue({ type: "N", value: "1700000000" }) },
    { name: "encodeKeyValue B", run: () => encodeKeyValue({ type: "B", value: "AAECAwQFBgcICQoL" }) },
    { name: "addDecimals of integers", run: () => addDecimals("41", "1") },
    { name: "addDecimals of fractions", run: () => addDecimals("1234.56", "0.44") },
    { name: "compareStrings", run: () => compareStrings("customer#0000123456", "customer#0000123457") },
  ];
}

function itemOf(wire: Readonly<Record<string, unknown>>): Item {
  const parsed = parseItem(wire);
  return parsed.kind === "item" ? parsed.item : new Map();
}

if (import.meta.main) {
  const bench = new Bench({ time: 500, warmupTime: 200 });
  for (const { name, run } of valuesCases()) {
    bench.add(name, run);
  }
  await bench.run();
  console.log(`item of ${itemJson.length} bytes of JSON`);
  for (const { name, result } of bench.tasks) {
    const micros = result.state === "completed" ? result.latency.p50 * 1000 : Number.NaN;
    console.log(`${micros.toFixed(3).padStart(9)} us  ${name}`);
  }
}
