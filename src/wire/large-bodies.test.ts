// Large bodies take turns on the thread; what is answered is what a small body would have been answered.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bodyText, wireFixture, wireRequest } from "../../test/wire/wire-fixture.ts";
import { crc32, createTurnPacer, type TurnPacer, type TurnPacerOptions } from "../base/index.ts";
import { crc32InSlices, largeBodyBytes, readLargeBody, sha256InSlices } from "./large-bodies.ts";

interface Busy {
  readonly pacer: TurnPacer;
  turns: number;
}

/** Each look at the clock finds it a millisecond on; turns of the event loop come at once. */
function busyPacer(options: TurnPacerOptions = {}): Busy {
  let nowMs = 0;
  const busy = { turns: 0 };
  const pacer = createTurnPacer({
    nowMs: () => (nowMs += 1),
    nextTurn: (task) => {
      busy.turns += 1;
      queueMicrotask(task);
    },
    ...options,
  });
  return Object.assign(busy, { pacer });
}

const bytes = Buffer.from("0123456789abcdef-\u00e9".repeat(200_000));

describe("in slices", () => {
  test("checksum and hash are those of the whole", async () => {
    const { pacer } = busyPacer();
    for (const body of [bytes, bytes.subarray(0, 512 * 1024), bytes.subarray(0, 1), bytes.subarray(0, 0)]) {
      expect(await crc32InSlices(body, pacer.begin())).toBe(crc32(body));
      const whole = createHash("sha256").update(body).digest("hex");
      expect(await sha256InSlices(body, pacer.begin())).toBe(whole);
    }
  });

  test.each([
    ["JSON", `{"\u00e9":"${"x".repeat(10)}"}`, "json"],
    ["no JSON", "{", "malformed"],
    ["a byte order mark", "\ufeff{}", "malformed"],
  ])("%s is read as from a small body", async (_name, text, kind) => {
    const read = await readLargeBody(Buffer.from(text), busyPacer().pacer.begin());
    expect(read).toMatchObject({ kind: "read", parsed: { kind } });
  });

  test("what is not UTF-8 is malformed", async () => {
    const read = await readLargeBody(Buffer.from([0x22, 0xff, 0x22]), busyPacer().pacer.begin());
    expect(read).toEqual({ kind: "read", parsed: { kind: "malformed" } });
  });
});

describe("a large request", () => {
  const large = JSON.stringify({ TableName: "x".repeat(largeBodyBytes) });

  test("is answered like a small one, after turns of its own", async () => {
    const busy = busyPacer();
    const { wire, calls } = wireFixture({ maxBodyBytes: 10_000_000, pacer: busy.pacer });
    const response = await wire.handle(wireRequest(large));
    expect(response.status).toBe(200);
    expect(calls[0]?.json).toEqual(JSON.parse(large));
    expect(busy.turns).toBeGreaterThan(0);
    expect(busy.pacer.load).toMatchObject({ waiting: 0, works: 0 });
  });

  test("is refused while too much is waiting, and a small one is not", async () => {
    const busy = busyPacer({ worksMax: 1 });
    const holder = busy.pacer.begin();
    expect(await holder.turn()).toBe("granted");
    const { wire, calls } = wireFixture({ maxBodyBytes: 10_000_000, pacer: busy.pacer });
    const refused = await wire.handle(wireRequest(large));
    expect([refused.status, bodyText(refused)]).toEqual([503, expect.stringContaining("ServiceUnavailable")]);
    expect(calls).toEqual([]);
    expect((await wire.handle(wireRequest("{}"))).status).toBe(200);
    holder.end();
    expect((await wire.handle(wireRequest(large))).status).toBe(200);
  });

  test("a large answer has the checksum of all its bytes, and is never refused", async () => {
    const busy = busyPacer({ worksMax: 1 });
    expect(await busy.pacer.begin().turn()).toBe("granted");
    const body = Buffer.from(large);
    const { wire } = wireFixture({
      pacer: busy.pacer,
      dispatch: async () => ({ kind: "ok", body }),
    });
    const before = busy.turns;
    const response = await wire.handle(wireRequest("{}"));
    expect(response.headers["x-amz-crc32"]).toBe(`${crc32(body)}`);
    expect(response.body).toBe(body);
    expect(busy.turns).toBeGreaterThan(before);
  });
});
