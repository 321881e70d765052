/** Stator inside a process, and a server without routers, take no thread and keep nothing alive. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { storeThreads, tryStart, watchThreads } from "./threaded-server.ts";

test(
  "no thread is started, and the process ends although Stator was left open",
  { timeout: 30_000 },
  async () => {
    const script = fileURLToPath(new URL("no-threads.ts", import.meta.url));
    // Ended after this long, which is a failure.
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 25_000 });
    expect(JSON.parse(stdout)).toEqual({ threads: 0, asked: true, ready: 200 });
  },
);

test.skipIf(storeThreads.length === 0)("routers over a store in memory are a refusal", async () => {
  expect(await tryStart({ storage: { kind: "memory" } })).toEqual({
    kind: "refused",
    message: "a store in memory has one connection",
  });
});

const ofStore = storeThreads.map((thread) => ({ thread, told: "the thread that writes did not start" }));

test.each([...ofStore, { thread: "router", told: "router 1" }])(
  "a $thread thread that cannot start is a refusal that leaves nothing behind",
  async ({ thread, told }) => {
    const threads = watchThreads();
    try {
      const entry = new URL("no-such-module.ts", import.meta.url);
      const outcome = await tryStart({ threadEntries: { [thread]: entry } });
      expect(outcome).toMatchObject({ kind: "refused", message: expect.stringContaining(told) });
      expect(threads.started()).toBeGreaterThan(0);
      expect(threads.running()).toBe(0);
    } finally {
      threads.stop();
    }
  },
);
