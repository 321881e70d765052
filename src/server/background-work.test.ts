// The loop that does the server's housekeeping in small steps.
import { describe, expect, it } from "vitest";
import { adjustableClock } from "../base/index.ts";
import { startBackgroundWork } from "./background-work.ts";

describe("background work", () => {
  it("pauses when there is nothing to do, and breathes when there is more", async () => {
    const clock = adjustableClock({ startMs: 0 });
    clock.freeze();
    const times: number[] = [];
    const work = startBackgroundWork(
      clock,
      async () => {
        times.push(clock.nowMs());
        return times.length < 3;
      },
      () => undefined,
    );
    for (let step = 0; step < 25; step++) await clock.advance(100);
    expect(times).toEqual([1000, 1010, 1020, 2020]);
    await work.stop();
    await clock.advance(5000);
    expect(times.length).toBe(4);
  });

  it("tells a failure and goes on", async () => {
    const clock = adjustableClock({ startMs: 0 });
    clock.freeze();
    const failures: unknown[] = [];
    let runs = 0;
    const work = startBackgroundWork(
      clock,
      async () => {
        runs += 1;
        throw new Error("no luck");
      },
      (error) => failures.push(error),
    );
    await clock.advance(1000);
    await clock.advance(1000);
    expect([runs, failures.length]).toEqual([2, 2]);
    await work.stop();
  });

  it("waits for the step that runs when it is stopped", async () => {
    const clock = adjustableClock({ startMs: 0 });
    clock.freeze();
    const { promise: held, resolve: release } = Promise.withResolvers<boolean>();
    const events: string[] = [];
    const work = startBackgroundWork(
      clock,
      async () => {
        const more = await held;
        events.push("step done");
        return more;
      },
      () => undefined,
    );
    await clock.advance(1000);
    const stopped = work.stop().then(() => events.push("stopped"));
    release(true);
    await stopped;
    expect(events).toEqual(["step done", "stopped"]);
  });
});
