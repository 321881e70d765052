// What a power cut leaves of the write-ahead log: any length of it, from what was synced on. The database file
// is not written here, since no checkpoint is due.
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertSound, settableClock, temporaryFolder } from "../../testing/index.ts";
import type { Commit, DecideRegistry, Engine } from "../contract/index.ts";
import { openSqliteEngine, verifyStore } from "./index.ts";

const decide: DecideRegistry = new Map([
  ["write", (args: unknown) => ({ kind: "commit", commit: args as Commit, result: undefined })],
]);
const clock = settableClock(1_767_225_600_000);
/** As many as fit into the log before a checkpoint is due. */
const commits = 10;

/** Commit `index` replaces one record, adds another, counts and logs; so each state is told apart. */
function commitOf(index: number): Commit {
  const key = (name: string): Commit["records"][number]["key"] => ({
    keyspace: 1,
    placement: 0,
    partition: Buffer.from(name),
    sort: Buffer.alloc(0),
  });
  return {
    records: [
      { kind: "put", key: key("latest"), value: Buffer.from(String(index)) },
      { kind: "put", key: key(`own ${index}`), value: Buffer.alloc(index * 700) },
    ],
    counters: [{ counter: { keyspace: 1, index: 0 }, delta: 1 }],
    log: [{ shard: 1, value: Buffer.from(String(index)) }],
  };
}

/** How many commits the store shows, the same by every way of asking, or an error. */
async function commitsShown(engine: Engine): Promise<number> {
  const limits = { reverse: false, recordsMax: 1000, bytesMax: 1e9, consistency: "strong" } as const;
  const { records } = await engine.range({ keyspace: 1, placement: 0, ...limits });
  const latest = records.find(({ key }) => Buffer.from(key.partition).toString() === "latest");
  const shown = [
    latest === undefined ? 0 : Number(Buffer.from(latest.value).toString()),
    Math.max(0, records.length - 1),
    await engine.counter({ keyspace: 1, index: 0 }),
    (await engine.logEnd(1)).last,
  ];
  expect(new Set(shown).size, `half a commit: ${shown.join(" ")}`).toBe(1);
  return shown[0] ?? 0;
}

test("every length of the log shows whole commits, and all that were acknowledged at that length", async () => {
  const path = temporaryFolder();
  const store = join(path, "store");
  const engine = await openSqliteEngine({ location: { kind: "directory", path: store }, decide, clock });
  const lengths: number[] = [];
  for (let index = 1; index <= commits; index += 1) {
    await engine.mutate({ kind: "write", epochs: [], keys: [], args: commitOf(index) });
    lengths.push(statSync(join(store, "stator.db-wal")).size);
  }
  const log = readFileSync(join(store, "stator.db-wal"));
  // Whole, one byte short, in the middle of the next commit, and with the unsynced rest turned into noise.
  const cuts = lengths.flatMap((length, index) => [
    { acknowledged: index + 1, log: log.subarray(0, length) },
    { acknowledged: index, log: log.subarray(0, length - 1) },
    { acknowledged: index + 1, log: Buffer.concat([log.subarray(0, length), Buffer.alloc(9000, 0xa5)]) },
  ]);
  for (const [index, cut] of cuts.entries()) {
    const left = join(path, `cut ${index}`);
    mkdirSync(left);
    copyFileSync(join(store, "stator.db"), join(left, "stator.db"));
    writeFileSync(join(left, "stator.db-wal"), cut.log);
    const again = await openSqliteEngine({ location: { kind: "directory", path: left }, decide, clock });
    expect(await commitsShown(again)).toBe(cut.acknowledged);
    await again.close();
    assertSound(await verifyStore(left));
  }
  await engine.close();
  rmSync(path, { recursive: true, force: true });
});
