/** The schedule of an open loop waits for nobody, and loses no request without counting it. */
import { describe, expect, it } from "vitest";
import { closedSchedule, openSchedule } from "./open-schedule.ts";

const options = { startMs: 1_000, requestsPerSecond: 100, waitMsMax: 50 };

describe("an open schedule", () => {
  it("makes a request due every interval, the first at the start", () => {
    const schedule = openSchedule(options);
    expect(schedule.waits(999)).toBe(false);
    expect([schedule.due(1_000), schedule.due(1_009), schedule.due(1_010), schedule.due(1_100)]).toEqual([
      1, 1, 2, 11,
    ]);
  });

  it("gives requests in order with the time they were due, however late they are taken", () => {
    const schedule = openSchedule(options);
    expect([schedule.take(1_025), schedule.take(1_025), schedule.take(1_025)]).toEqual([1_000, 1_010, 1_020]);
    expect(schedule.take(1_025)).toBeUndefined();
    expect(schedule.waits(1_029)).toBe(false);
    expect(schedule.waits(1_030)).toBe(true);
  });

  it("gives up what has waited for the whole time and nothing else", () => {
    const schedule = openSchedule(options);
    expect(schedule.expire(1_049)).toBe(0);
    // Due at 1000 and 1010.
    expect(schedule.expire(1_060)).toBe(2);
    expect(schedule.expire(1_060)).toBe(0);
    expect(schedule.take(1_060)).toBe(1_020);
  });

  it("counts every request once: taken, given up or waiting", () => {
    const schedule = openSchedule({ ...options, requestsPerSecond: 333 });
    let taken = 0;
    let expired = 0;
    for (let nowMs = 1_000; nowMs < 3_000; nowMs += 7) {
      expired += schedule.expire(nowMs);
      if (schedule.take(nowMs) !== undefined) taken++;
    }
    schedule.end(3_000);
    expect(expired).toBeGreaterThan(100);
    expect(taken + expired + schedule.expire(10_000)).toBe(schedule.due(10_000));
  });

  it("makes nothing due after its end, and keeps what waits", () => {
    const schedule = openSchedule(options);
    schedule.end(1_015);
    expect(schedule.due(5_000)).toBe(2);
    expect([schedule.take(1_040), schedule.take(1_040), schedule.take(1_040)]).toEqual([
      1_000,
      1_010,
      undefined,
    ]);
  });
});

describe("a closed schedule", () => {
  it("has a request due whenever it is asked, until its end", () => {
    const schedule = closedSchedule();
    expect([schedule.take(5), schedule.take(5), schedule.due(5)]).toEqual([5, 5, 2]);
    schedule.end(6);
    expect([schedule.waits(7), schedule.take(7), schedule.due(7)]).toEqual([false, undefined, 2]);
  });
});
