/**
 * What engines that share a writer owe their callers when their line to it breaks, and when the writer ends. For stores
 * that are opened by parts; run with the parts on one thread and on several.
 */
import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../storage/contract/index.ts";
import { verifyStore } from "../../storage/sqlite/index.ts";
import { settableClock } from "../settable-clock.ts";
import type { OpenApart, SplitStore } from "../split-subject.ts";
import { assertSound, temporaryFolder } from "../sqlite-subjects.ts";
import { increment, key, mutation, readText, suiteDecides } from "./subject.ts";

interface SharedWriter {
  readonly first: Engine;
  readonly second: Engine;
  readonly store: SplitStore;
}

export function lostWriterContract(name: string, open: OpenApart): void {
  const withTwo = async (use: (engines: SharedWriter) => Promise<void>): Promise<void> => {
    const path = temporaryFolder();
    const store = await open(path, { decide: suiteDecides, clock: settableClock(1_767_225_600_000) });
    try {
      await use({ first: store.engine, second: await store.addEngine(), store });
    } finally {
      await store.close();
      assertSound(await verifyStore(path));
      rmSync(path, { recursive: true, force: true });
    }
  };
  describe(`engines that share a writer: ${name}`, () => {
    describeBreaks(withTwo);
  });
}

function describeBreaks(withTwo: (use: (engines: SharedWriter) => Promise<void>) => Promise<void>): void {
  test("one whose line breaks has what it holds back decided", () =>
    withTwo(async ({ first, second, store }) => {
      const cut = second.mutate(
        mutation("increment", { keys: [key("cut")], args: key("cut"), hold: { ms: 60_000 } }),
      );
      expect(await second.held([key("cut")])).toEqual([true]);
      store.cut(second);
      expect(await cut).toEqual({ kind: "unknown" });
      for (let held = true; held;) [held = false] = await first.held([key("cut")]);
      expect(await readText(first, key("cut"))).toBe("1");
    }));

  test("one whose line breaks with writes under way disturbs nobody", () =>
    withTwo(async ({ first, second, store }) => {
      const lost = Array.from({ length: 20 }, () => increment(second, key("lost")));
      const kept = Array.from({ length: 20 }, () => increment(first, key("kept")));
      store.cut(second);
      const ended = await Promise.all([...lost, ...kept]);
      for (const outcome of ended.slice(20)) expect(outcome.kind).toBe("committed");
      // Some were sent and some not: none of them may be called done or refused.
      for (const outcome of ended.slice(0, 20)) expect(["unknown", "committed"]).toContain(outcome.kind);
      await expect(increment(second, key("lost"))).rejects.toMatchObject({ code: "unavailable" });
      await increment(first, key("kept"));
      expect(await readText(first, key("kept"))).toBe("21");
      expect(await readText(second, key("kept"))).toBe("21");
    }));

  test("all are told when the writer is gone: unknown, unavailable, and reads go on", () =>
    withTwo(async ({ first, second, store }) => {
      await increment(first, key("n"));
      const underWay = [first, second].flatMap((engine) => [
        increment(engine, key("n")).then(({ kind }) => kind),
        engine.lease("sweep", "a", 1000).then(() => "leased", rejectedWith),
        engine.trimLog(1, 1).then(() => "trimmed", rejectedWith),
        engine.reclaim().then(() => "reclaimed", rejectedWith),
      ]);
      await store.loseWriter();
      const told = await Promise.all(underWay);
      expect(["unknown", "committed"]).toEqual(expect.arrayContaining([told[0], told[4]]));
      for (const engine of [first, second]) {
        await expect(increment(engine, key("n"))).rejects.toMatchObject({ code: "unavailable" });
        await expect(engine.lease("sweep", "a", 1000)).rejects.toMatchObject({ code: "unavailable" });
        expect(Number(await readText(engine, key("n")))).toBeGreaterThanOrEqual(1);
      }
    }));
}

function rejectedWith(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : error;
}
