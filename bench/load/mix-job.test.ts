/** Work is shared between processes and their reports added without loss. */
import { describe, expect, it } from "vitest";
import { addReports, type MixJob, type MixReport, shareOf } from "./mix-job.ts";
import { weightedChoice } from "./mix-requests.ts";
import { noOutcomes } from "./outcomes.ts";

const job: MixJob = {
  host: "127.0.0.1",
  port: 8000,
  mix: [],
  connections: 1_000,
  pace: { kind: "open", requestsPerSecond: 9_000 },
  waitMsMax: 1_000,
  limitMs: 2_000,
  warmUpMs: 0,
  windowMs: 1_000,
  seed: 5,
};

const report: MixReport = {
  due: 10,
  window: { ...noOutcomes, answered: 7 },
  whole: { ...noOutcomes, answered: 9, late: 1 },
  wholeDue: 11,
  unanswered: 1,
  reconnects: 2,
  connected: 3,
  seconds: 5,
  latency: [1, 0, 2],
  partLatencies: [[1], [0, 0, 2]],
  latencyMsMax: 30,
  lateness: [10],
  driverCpuMicros: 100,
  serverCpuMicros: 400,
  driverBusy: 0.5,
};

describe("a job of several processes", () => {
  it("has all connections and the whole rate, with different seeds", () => {
    const shares = [0, 1, 2].map((index) => shareOf(job, index, 3));
    expect(shares.map(({ connections }) => connections)).toEqual([333, 333, 334]);
    expect(shares.map(({ pace }) => (pace.kind === "open" ? pace.requestsPerSecond : 0))).toEqual([
      3_000, 3_000, 3_000,
    ]);
    expect(new Set(shares.map(({ seed }) => seed)).size).toBe(3);
  });

  it("adds what was counted, and not what each process read of the same server", () => {
    const sum = addReports([report, { ...report, latencyMsMax: 40, driverBusy: 0.9, firstFailure: "no" }]);
    expect(sum).toMatchObject({
      due: 20,
      window: { answered: 14 },
      whole: { answered: 18, late: 2 },
      wholeDue: 22,
      unanswered: 2,
      seconds: 5,
      latency: [2, 0, 4],
      partLatencies: [[2], [0, 0, 4]],
      latencyMsMax: 40,
      driverCpuMicros: 200,
      serverCpuMicros: 400,
      driverBusy: 0.9,
      firstFailure: "no",
    });
  });
});

describe("the choice among the parts of a mix", () => {
  it("takes each as often as its weight says", () => {
    const choose = weightedChoice([50, 30, 15, 5]);
    const counts = [0, 0, 0, 0];
    for (let share = 0; share < 1; share += 0.01) {
      const index = choose(share + 0.001);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(counts).toEqual([50, 30, 15, 5]);
  });
});
