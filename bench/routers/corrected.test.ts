/** What the load generator takes is given back to the server, and what nobody used is not. */
import { describe, expect, it } from "vitest";
import type { LoadReport } from "../load/job.ts";
import { busyThreads, pairedRatios, type RouterRound, routerRound } from "./corrected.ts";

const latency = { mean: 0, p50: 0, p99: 0, p999: 0, max: 0 };

/** 10,000 requests in a second. */
function report(cores: { server: number; driver: number; busy: number }): LoadReport {
  return {
    answers: 10_000,
    failures: 0,
    seconds: 1,
    serverCpuMicros: cores.server * 1e6,
    driverCpuMicros: cores.driver * 1e6,
    machineBusyMicros: cores.busy * 1e6,
    latency,
    unsent: 0,
    bytesPerAnswer: 100,
  };
}

function measured(...args: Parameters<typeof routerRound>): RouterRound {
  const round = routerRound(...args);
  if (round === undefined) throw new Error("not measured");
  return round;
}

describe("the corrected throughput", () => {
  it("is what was measured while the generator had a core of its own", () => {
    const setup = { cores: 2, shared: true, usableCores: 1 };
    const round = measured(report({ server: 1, driver: 0.5, busy: 1.5 }), setup);
    expect([round.atLeast, round.corrected, round.cpuBound]).toEqual([10_000, 10_000, 10_000]);
    expect(round.idleCores).toBeCloseTo(0.5);
  });

  it("gives a server that used all the generator left the rest of the cores", () => {
    const setup = { cores: 2, shared: true, usableCores: 2 };
    const round = measured(report({ server: 1.5, driver: 0.5, busy: 2 }), setup);
    expect(round.corrected).toBeCloseTo(10_000 * (2 / 1.5));
    expect(round.atLeast).toBeCloseTo(round.corrected);
    expect(round.cpuBound).toBeCloseTo(round.corrected);
  });

  it("charges time in which a core was idle to the server, and not what others used", () => {
    const setup = { cores: 2, shared: true, usableCores: 2 };
    const waiting = measured(report({ server: 0.75, driver: 0.5, busy: 1.5 }), setup);
    expect(waiting.otherCores).toBeCloseTo(0.25);
    expect(waiting.idleCores).toBeCloseTo(0.5);
    expect(waiting.atLeast).toBeCloseTo(10_000 * (2 / 1.5));
    expect(waiting.corrected).toBeCloseTo(10_000 * (2 / 1.25));
    expect(waiting.cpuBound).toBeCloseTo(10_000 * (2 / 0.75));
  });

  it("charges a server of one thread nothing for a core it could not use", () => {
    const setup = { cores: 2, shared: true, usableCores: 1 };
    const disturbed = measured(report({ server: 0.5, driver: 0.5, busy: 2 }), setup);
    expect(disturbed.atLeast).toBe(10_000);
    expect(disturbed.corrected).toBeCloseTo(20_000);
  });

  it("does not correct where the generator runs elsewhere", () => {
    const apart = measured(report({ server: 1, driver: 0.9, busy: 2 }), {
      cores: 2,
      shared: false,
      usableCores: 1,
    });
    expect([apart.atLeast, apart.corrected]).toEqual([10_000, 10_000]);
  });

  it("cannot be told where CPU times cannot be read", () => {
    const { serverCpuMicros: _unread, ...unmeasured } = report({ server: 1, driver: 1, busy: 2 });
    expect(routerRound(unmeasured, { cores: 2, shared: true, usableCores: 2 })).toBeUndefined();
  });
});

describe("threads that have work", () => {
  it("are the routers for reads, and the writer for writes", () => {
    expect([
      busyThreads(0, true),
      busyThreads(1, false),
      busyThreads(2, false),
      busyThreads(1, true),
    ]).toEqual([1, 1, 2, 2]);
  });
});

describe("ratios", () => {
  it("are taken round by round", () => {
    const setup = { cores: 2, shared: true, usableCores: 1 };
    const round = measured(report({ server: 1, driver: 0.5, busy: 1.5 }), setup);
    const slow = { ...round, perSecond: 100 };
    const fast = { ...round, perSecond: 300 };
    expect(pairedRatios([fast, slow, fast], [slow, slow], ({ perSecond }) => perSecond)).toEqual([3, 1]);
  });
});
