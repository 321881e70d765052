/** What the curve of an overload says, and what it does not say when somebody else was at fault. */
import { describe, expect, it } from "vitest";
import type { MixReport } from "../load/mix-job.ts";
import { noOutcomes } from "../load/outcomes.ts";
import { checksOf, curveOf, driverLimit, type Round, type Step } from "./curve.ts";

function report(answered: number, more: Partial<MixReport> = {}): MixReport {
  return {
    due: answered,
    window: { ...noOutcomes, answered },
    whole: { ...noOutcomes, answered },
    wholeDue: answered,
    unanswered: 0,
    reconnects: 0,
    connected: 10,
    seconds: 2,
    latency: [],
    partLatencies: [],
    latencyMsMax: 0,
    lateness: [],
    driverCpuMicros: 0,
    driverBusy: 0.3,
    ...more,
  };
}

function round(highest: Partial<Step> = {}, closed = 1_000): Round {
  return {
    closed: report(closed),
    steps: [
      { factor: 0.5, report: report(closed / 2), residentMiB: 100 },
      { factor: 1, report: report(closed), residentMiB: 100 },
      { factor: 4, report: report(closed * 0.9), residentMiB: 110, ...highest },
    ],
  };
}

function verdicts(...rounds: readonly Round[]): readonly string[] {
  return checksOf(rounds).map(({ verdict }) => verdict);
}

describe("the curve", () => {
  it("compares each round with its own peak, and shows the median", () => {
    // Half the speed, the same shape: somebody else was on the machine.
    const curve = curveOf([round(), round({}, 500), round({ report: report(100) })]);
    expect(curve.map(({ factor }) => factor)).toEqual([0.5, 1, 4]);
    expect(curve[2]?.ofPeak).toBeCloseTo(0.9);
    expect(curve[1]?.goodput).toBe(500);
  });

  it("is good when goodput holds, memory is flat and everything was answered", () => {
    expect(verdicts(round())).toEqual(["ok", "ok", "ok", "ok"]);
  });

  it("fails for each thing that is wrong", () => {
    expect(verdicts(round({ report: report(700) }))).toEqual(["FAIL", "ok", "ok", "ok"]);
    expect(verdicts(round({ residentMiB: 130 }))).toEqual(["ok", "FAIL", "ok", "ok"]);
    expect(verdicts(round({ report: report(900, { unanswered: 1 }) }))).toEqual(["ok", "ok", "FAIL", "ok"]);
    const broken = { ...noOutcomes, broken: 1 };
    expect(verdicts(round({ report: report(900, { whole: broken }) }))).toEqual(["ok", "ok", "FAIL", "ok"]);
    const failed = { ...noOutcomes, failed: 1 };
    expect(verdicts(round({ report: report(900, { whole: failed }) }))).toEqual(["ok", "ok", "ok", "FAIL"]);
  });

  it("does not blame the server for a slow generator or a busy machine", () => {
    const slow = report(500, { driverBusy: 0.99 });
    expect(verdicts(round({ report: slow }))[0]).toBe("unknown");
    expect(curveOf([round({ report: slow })]).map(driverLimit)).toEqual([
      undefined,
      undefined,
      "the load generator was busy 99 %",
    ]);
    // Of two cores for two seconds: 1 s by the server, 2 s by others.
    const disturbed = report(500, { serverCpuMicros: 1e6, machineBusyMicros: 3e6 });
    expect(verdicts(round({ report: disturbed }))[0]).toBe("unknown");
    expect(verdicts({ ...round(), closed: disturbed })[0]).toBe("unknown");
  });

  it("knows nothing of memory that was not measured", () => {
    const unmeasured: Round = { closed: report(10), steps: [{ factor: 4, report: report(10) }] };
    expect(verdicts(unmeasured)[1]).toBe("unknown");
  });
});
