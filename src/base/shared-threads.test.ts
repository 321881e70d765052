/**
 * Shared counters and buckets under threads that really run at once. What is expected is exact: a lost count is a
 * failure, however rare.
 */

import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { openSharedBuckets } from "./shared-buckets.ts";
import { openSharedCounters } from "./shared-counters.ts";

const threads = 3;
const rounds = 20_000;
const nowMicros = 1_790_000_000_000_000;

const started: Worker[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.terminate()));
});

/**
 * Runs the body in so many threads and resolves when all have ended. The body sees the thread's number, what it was
 * given, and both modules. Threads wait for each other before they begin, or the first would be done too early.
 */
async function runThreads(body: string, given: Readonly<Record<string, unknown>>): Promise<void> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      await ended(startThread(body, { ...given, thread, threads, gate }));
    }),
  );
}

function startThread(body: string, workerData: Readonly<Record<string, unknown>>): Worker {
  const source = `
    import { workerData } from "node:worker_threads";
    import { openSharedBuckets } from ${JSON.stringify(new URL("shared-buckets.ts", import.meta.url).href)};
    import { openSharedCounters } from ${JSON.stringify(new URL("shared-counters.ts", import.meta.url).href)};
    const { count, gate, given, names, thread, threads, rounds, nowMicros } = workerData;
    Atomics.add(gate, 0, 1);
    while (Atomics.load(gate, 0) < threads);
    ${body}
  `;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  started.push(worker);
  return worker;
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => {
      resolve();
    });
  });
}

test("counters of threads that count at once are exact", async () => {
  const names = ["requests", "bytes", "waitingMax"] as const;
  const counters = openSharedCounters(names, threads);
  await runThreads(
    `const row = openSharedCounters(names, threads, given).row(thread);
     for (let round = 1; round <= rounds; round += 1) {
       row.add("requests", 1);
       row.add("bytes", thread);
       row.max("waitingMax", thread * round);
     }`,
    { given: counters.memory, names, rounds },
  );
  expect(counters.total("requests")).toBe(threads * rounds);
  expect(counters.total("bytes")).toBe((0 + 1 + 2) * rounds);
  expect(counters.highest("waitingMax")).toBe(2 * rounds);
});

test("units that threads charge at once are all taken, once, and refill is counted once", async () => {
  const buckets = openSharedBuckets(2);
  buckets.configure(0, { perSecond: 0, capacity: 1000, balance: 1000 }, nowMicros);
  buckets.configure(1, { perSecond: 500_000, capacity: 1_000_000, balance: 0 }, nowMicros);
  await runThreads(
    `const buckets = openSharedBuckets(2, given);
     for (let round = 1; round <= rounds; round += 1) {
       buckets.charge(0, 0.5 + thread, nowMicros);
       buckets.charge(0, -0.5, nowMicros);
       buckets.charge(1, 1, nowMicros + round - (round % 7));
     }`,
    { given: buckets.memory, rounds, nowMicros },
  );
  // Whatever the order: what a thread gives back it has taken before, so that nothing flows over.
  expect(buckets.balance(0, nowMicros)).toBe(1000 - (0 + 1 + 2) * rounds);
  expect(buckets.balance(1, nowMicros + rounds)).toBe(rounds / 2 - threads * rounds);
});

test("threads that ask before each charge use the balance up, and overdraw by one charge each at most", async () => {
  const units = 30_000;
  const buckets = openSharedBuckets(1);
  buckets.configure(0, { perSecond: 0, capacity: units, balance: units }, nowMicros);
  const counters = openSharedCounters(["charged"], threads);
  await runThreads(
    `const buckets = openSharedBuckets(1, given.buckets);
     const row = openSharedCounters(["charged"], threads, given.counters).row(thread);
     while (buckets.admit(0, nowMicros)) {
       buckets.charge(0, 1, nowMicros);
       row.add("charged", 1);
     }`,
    { given: { buckets: buckets.memory, counters: counters.memory }, nowMicros },
  );
  const charged = counters.total("charged");
  expect(charged).toBeGreaterThanOrEqual(units);
  expect(charged).toBeLessThan(units + threads);
  expect(buckets.balance(0, nowMicros)).toBe(units - charged);
});

test("threads that configure the same buckets at once leave one configuration in each, whole", async () => {
  const count = 3000;
  const buckets = openSharedBuckets(count);
  await runThreads(
    `const buckets = openSharedBuckets(count, given);
     const scale = 10 ** thread;
     for (let bucket = 0; bucket < count; bucket += 1) {
       buckets.configure(bucket, { perSecond: scale, capacity: 10 * scale, balance: scale }, nowMicros);
     }`,
    { given: buckets.memory, count, nowMicros },
  );
  const seen = new Set<string>();
  for (let bucket = 0; bucket < count; bucket += 1) {
    const balances = [0, 1, 1000].map((seconds) => buckets.balance(bucket, nowMicros + seconds * 1_000_000));
    seen.add(balances.join(" "));
  }
  expect(["1 2 10", "10 20 100", "100 200 1000"]).toEqual(expect.arrayContaining([...seen]));
});

test("a thread that is killed while it charges holds up nobody", async () => {
  const buckets = openSharedBuckets(1);
  buckets.configure(0, { perSecond: 0, capacity: 1000, balance: 0 }, nowMicros);
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = startThread(
    `const buckets = openSharedBuckets(1, given);
     for (let round = 0; ; round += 1) {
       buckets.charge(0, 1, nowMicros);
       if (round === 1000) {
         Atomics.add(gate, 0, 1);
         Atomics.notify(gate, 0);
       }
     }`,
    { given: buckets.memory, gate, threads: 1, nowMicros },
  );
  while (Atomics.load(gate, 0) < 2) {
    await Atomics.waitAsync(gate, 0, Atomics.load(gate, 0)).value;
  }
  await worker.terminate();
  const before = buckets.balance(0, nowMicros);
  expect(before).toBeLessThanOrEqual(-1000);
  for (let round = 0; round < 1000; round += 1) {
    buckets.charge(0, 1, nowMicros);
  }
  expect(buckets.balance(0, nowMicros)).toBe(before - 1000);
});
