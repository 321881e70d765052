// Ids of groups, which are kept for some minutes: whoever lost an answer asks after its own.
import { expect, test } from "vitest";
import { seededRandom, systemClock } from "../../src/base/index.ts";
import { firstCommitId, newCommitId } from "../../src/storage/postgres/commit-ids.ts";
import { sql } from "../../src/storage/postgres/statements.ts";
import { sharedPglitePlace, takePostgresStore } from "../../src/testing/index.ts";
import { pgliteStartMsMax } from "../../src/testing/pglite-driver.ts";

const minuteMs = 60_000;
const keptMs = 10 * minuteMs;
const random = seededRandom(1);

test("come in the order of time", () => {
  const times = [0, 1, 255, 256, 1_767_225_600_000, 1_767_225_600_001, 2 ** 48 - 1];
  const ids = times.map((ms) => newCommitId(ms, random));
  for (const [index, id] of ids.slice(1).entries()) expect(id > (ids[index] ?? "")).toBe(true);
  expect(new Set(ids.map((id) => id.length))).toEqual(new Set([50]));
});

test(
  "are forgotten when they are old by the database's time, whatever their maker's was",
  async () => {
    const store = await takePostgresStore(await sharedPglitePlace(), 2);
    const session = await store.connect();
    const nowMs = systemClock().nowMs();
    /** By the maker's clock and by the database's. */
    const made = async (
      agoMs: number,
      writtenAgoMs: number,
      id = newCommitId(nowMs - agoMs, random),
    ): Promise<string> => {
      await store.run(`INSERT INTO commits VALUES(1, '${id}', ${nowMs - writtenAgoMs})`);
      return id;
    };
    await made(11 * minuteMs, 11 * minuteMs);
    await made(11 * minuteMs, 11 * minuteMs, random.uuid());
    const kept = [
      await made(9 * minuteMs, 9 * minuteMs),
      await made(0, 0, random.uuid()),
      // Its clock was behind.
      await made(60 * minuteMs, minuteMs),
    ];
    const { rowCount } = await session.query(sql.forgetCommits, [1, keptMs, firstCommitId(nowMs - keptMs)]);
    expect(rowCount).toBe(2);
    const left = (await store.rows("SELECT id FROM commits WHERE h = 1")).map(([id]) => id);
    expect(new Set(left)).toEqual(new Set(kept));
    await store.run("DELETE FROM commits");
    await session.close();
    await store.end();
  },
  pgliteStartMsMax,
);
