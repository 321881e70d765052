/** The worst delay of each thread is found with its time, and is not blamed on the server when it was not its fault. */
import { describe, expect, it } from "vitest";
import { type DelayReading, delayVerdict, threadSummaries } from "./delay-log.ts";

function reading(atMs: number, delays: Readonly<Record<string, number>>, controlMs = 0): DelayReading {
  const threads = Object.entries(delays).map(([name, loopDelayMaxMs]) => ({ name, loopDelayMaxMs }));
  return { atMs, threads, controlMs, coreWaitMs: undefined };
}

describe("summaries of threads", () => {
  it("tell the worst with its time, and how the maxima are spread", () => {
    const readings = Array.from({ length: 100 }, (_, index) =>
      reading(index * 250, { main: (index * 37) % 100, writer: 1 }, index),
    );
    const [main, writer] = threadSummaries(readings);
    expect(main).toMatchObject({
      name: "main",
      readings: 100,
      p50Ms: 49,
      p90Ms: 89,
      p99Ms: 98,
      worstMs: 99,
      over: [94, 89, 79],
    });
    expect(main?.worstAtMs).toBe((main?.controlMs ?? 0) * 250);
    expect(writer).toMatchObject({ name: "writer", worstMs: 1, over: [0, 0, 0] });
  });

  it("count only readings in which a thread was named", () => {
    const readings = [reading(0, { main: 3 }), reading(250, { main: 4, "router 1": 30 })];
    expect(threadSummaries(readings).map(({ name, readings: count }) => [name, count])).toEqual([
      ["main", 2],
      ["router 1", 1],
    ]);
  });
});

describe("the verdict", () => {
  it("is about the longest delay of any thread", () => {
    expect(delayVerdict([reading(0, { main: 1, writer: 20 })]).verdict).toBe("ok");
    expect(delayVerdict([reading(0, { main: 1, writer: 20.1 })]).verdict).toBe("FAIL");
  });

  it("is open when waiting for a core may explain a delay, and when nothing was measured", () => {
    const late = reading(0, { main: 25 }, 6);
    expect(delayVerdict([late]).verdict).toBe("unknown");
    expect(delayVerdict([{ ...reading(0, { main: 50 }), coreWaitMs: 40 }]).verdict).toBe("unknown");
    expect(delayVerdict([{ ...reading(0, { main: 50 }), coreWaitMs: 20 }]).verdict).toBe("FAIL");
    expect(delayVerdict([late, reading(250, { main: 21 })]).verdict).toBe("FAIL");
    expect(delayVerdict([]).verdict).toBe("unknown");
  });
});
