// Requests, resets and closing of one in-process Stator, in the right order.
import { describe, expect, it } from "vitest";
import type { StatorCore } from "../server/index.ts";
import { RunningCore } from "./running-core.ts";

function fixture(): { readonly running: RunningCore; readonly events: string[] } {
  const events: string[] = [];
  const close = async (): Promise<void> => void events.push("closed");
  return { running: new RunningCore({ close } as unknown as StatorCore), events };
}

/** Work that tells when it starts, and ends when the test says so. */
function held(
  events: string[],
  name: string,
): { readonly work: () => Promise<void>; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    work: async () => {
      events.push(`${name} starts`);
      await promise;
      events.push(`${name} ends`);
    },
    release: resolve,
  };
}

describe("running core", () => {
  it("closes once, after what is in flight", async () => {
    const { running, events } = fixture();
    const request = held(events, "request");
    const used = running.use(request.work);
    const closed = Promise.all([running.close(), running.close()]);
    await expect(running.use(request.work)).rejects.toThrow("closed");
    request.release();
    await Promise.all([used, closed]);
    expect(events).toEqual(["request starts", "request ends", "closed"]);
  });

  it("runs exclusive work between requests, one after another, and lets requests wait", async () => {
    const { running, events } = fixture();
    const before = held(events, "before");
    const first = held(events, "first");
    const second = held(events, "second");
    const after = held(events, "after");
    const all = [
      running.use(before.work),
      running.alone(first.work),
      running.alone(second.work),
      running.use(after.work),
    ];
    for (const { release } of [after, second, first, before]) release();
    await Promise.all(all);
    expect(events.slice(0, 4)).toEqual(["before starts", "before ends", "first starts", "first ends"]);
    expect(events.slice(4).toSorted()).toEqual([
      "after ends",
      "after starts",
      "second ends",
      "second starts",
    ]);
    for (const name of ["after", "second"]) {
      expect(events.indexOf(`${name} ends`) - events.indexOf(`${name} starts`)).toBe(1);
    }
  });

  it("goes on after exclusive work that failed", async () => {
    const { running } = fixture();
    const failed = running.alone(() => Promise.reject(new Error("no luck")));
    const used = running.use(async () => "served");
    await expect(failed).rejects.toThrow("no luck");
    expect(await used).toBe("served");
  });

  it("closes after exclusive work, and takes none afterwards", async () => {
    const { running, events } = fixture();
    const work = held(events, "work");
    const worked = running.alone(work.work);
    const closed = running.close();
    await expect(running.alone(work.work)).rejects.toThrow("closed");
    work.release();
    await Promise.all([worked, closed]);
    expect(events).toEqual(["work starts", "work ends", "closed"]);
  });
});
