/**
 * Reads of an engine while another thread writes. What threads do by chance is done on purpose: the writer commits
 * between any two statements of a read, and a read comes between a commit and what the writer tells about it.
 */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assert } from "../../base/index.ts";
import { interruptedDriver, settableClock, temporaryFolder } from "../../testing/index.ts";
import { bytes, key, mutation, suiteDecides, text } from "../../testing/storage-contract/subject.ts";
import type { Commit, Engine, RecordKey, StoredRecord } from "../contract/index.ts";
import type { WritePort, WriteRequest } from "../remote/index.ts";
import { nodeSqliteDriver, openSharedSqliteEngine } from "./index.ts";
import { openDatabase } from "./open-database.ts";
import { type ClaimedStore, claimStore } from "./shared-store.ts";
import { StoreFacts } from "./store-facts.ts";
import { Writer } from "./writer.ts";

/** A read has fewer statements. */
const statementsMax = 8;
/** More than one step of reclaiming removes, so that half of a keyspace can be seen. */
const recordCount = 250;

let path: string;
let claimed: ClaimedStore;
let reading: Engine;
let closeWriter: () => void;
/** Commits one group at once and tells of it, as the writer does. */
let commit: (...requests: readonly WriteRequest[]) => void;
/** Runs before each statement of the engine that reads. */
let beforeStatement: () => void;
/** Runs after a group's commit, before the writer tells of it. */
let afterCommit: () => void;

beforeEach(async () => {
  path = temporaryFolder();
  beforeStatement = () => undefined;
  afterCommit = () => undefined;
  claimed = claimStore({ location: { kind: "directory", path } });
  const store = claimed.shared;
  const connection = openDatabase(store, {
    driver: nodeSqliteDriver(),
    cacheBytes: store.cacheBytes,
    durable: false,
    writeAheadLog: true,
    exclusive: false,
    createdBy: "test",
  });
  const writer = new Writer({ connection, decide: suiteDecides, clock: settableClock(1_767_225_600_000) });
  const facts = new StoreFacts(store.facts);
  closeWriter = () => connection.close();
  commit = (...requests) => {
    const result = writer.runGroup(requests);
    assert(result.writing === "open", "the group was committed");
    afterCommit();
    facts.committed(result);
  };
  const driver = interruptedDriver(nodeSqliteDriver(), () => {
    beforeStatement();
  });
  reading = await openSharedSqliteEngine({ store, port: silentPort, driver });
});

afterEach(async () => {
  beforeStatement = () => undefined;
  await reading.close();
  closeWriter();
  claimed.release();
  rmSync(path, { recursive: true, force: true });
});

const silentPort: WritePort = {
  post: () => undefined,
  listen: () => undefined,
  close: () => undefined,
};

function writing(parts: Partial<Commit>): WriteRequest {
  return { kind: "mutate", mutation: mutation("write", { args: { records: [], ...parts } }) };
}

const reclaim: WriteRequest = { kind: "reclaim" };
const names = Array.from({ length: recordCount }, (_, index) => `r${index}`);

function keysOf(keyspace: number): readonly RecordKey[] {
  return names.map((name) => key(name, "", { keyspace }));
}

/** All records of a keyspace, and their number in its counter. */
function fill(keyspace: number, value = "v"): WriteRequest {
  return writing({
    records: keysOf(keyspace).map((each) => ({ kind: "put", key: each, value: bytes(value) })),
    counters: [{ counter: { keyspace, index: 0 }, delta: recordCount }],
  });
}

/** Before the n-th statement of a read, counted from 1, and only once. */
function interruptAt(nth: number, interrupt: () => void): void {
  let seen = 0;
  beforeStatement = () => {
    seen += 1;
    if (seen === nth) interrupt();
  };
}

async function range(keyspace: number): Promise<readonly StoredRecord[]> {
  const limits = { recordsMax: 1000, bytesMax: 1e9, reverse: false, consistency: "strong" } as const;
  return (await reading.range({ keyspace, placement: 0, ...limits })).records;
}

async function getAll(keyspace: number): Promise<readonly (string | undefined)[]> {
  const records = await reading.getMany(keysOf(keyspace), "strong");
  return records.map((record) => record && text(record.value));
}

const everyStatement = Array.from({ length: statementsMax }, (_, index) => index + 1);

/** Drops a keyspace before each statement of a read, with no, one and several steps of reclaiming at once. */
async function dropWhile(countSeen: (keyspace: number) => Promise<number>): Promise<void> {
  let keyspace = 0;
  for (const nth of everyStatement) {
    for (const steps of [0, 1, 3]) {
      keyspace += 1;
      const dropped = keyspace;
      commit(fill(dropped));
      let interrupted = false;
      interruptAt(nth, () => {
        interrupted = true;
        commit(writing({ dropKeyspaces: [dropped] }));
        for (let step = 0; step < steps; step += 1) commit(reclaim);
      });
      expect([0, recordCount], `statement ${nth}, ${steps} steps`).toContain(await countSeen(dropped));
      // Whatever it saw in between, it knows now; the read may have had fewer statements.
      beforeStatement = () => undefined;
      if (!interrupted) commit(writing({ dropKeyspaces: [dropped] }));
      expect(await countSeen(dropped), `after statement ${nth}, ${steps} steps`).toBe(0);
    }
  }
}

describe("a keyspace dropped and reclaimed in the middle of a read is seen whole or not at all", () => {
  test("range", () => dropWhile(async (keyspace) => (await range(keyspace)).length));

  test("getMany", () =>
    dropWhile(async (keyspace) => (await getAll(keyspace)).filter((value) => value !== undefined).length));

  test("counter", () => dropWhile((keyspace) => reading.counter({ keyspace, index: 0 })));

  test("also when both came in one group, which the reader has not been told of", async () => {
    commit(fill(1));
    const seen: Promise<readonly StoredRecord[]>[] = [];
    // A read is done when the call returns: nothing of it waits.
    afterCommit = () => seen.push(range(1));
    commit(writing({ dropKeyspaces: [1] }), reclaim);
    afterCommit = () => undefined;
    const [found] = await Promise.all(seen);
    expect([0, recordCount]).toContain(found?.length);
  });
});

test("a commit in the middle of a read of several keys is seen whole or not at all", async () => {
  for (const nth of everyStatement) {
    commit(fill(1, `old ${nth}`));
    interruptAt(nth, () => commit(fill(1, `new ${nth}`)));
    expect(new Set(await getAll(1)).size, `statement ${nth}`).toBe(1);
  }
});

describe("a page of the log has no gap", () => {
  const appended = (shard: number, count: number): WriteRequest =>
    writing({ log: Array.from({ length: count }, () => ({ shard, value: bytes("v") })) });

  test("when it is trimmed and reclaimed in the middle of the read", async () => {
    for (const nth of everyStatement) {
      const shard = nth;
      commit(appended(shard, 40));
      interruptAt(nth, () => {
        commit({ kind: "trimLog", shard, through: 30 });
        for (let step = 0; step < 5; step += 1) commit(reclaim);
      });
      const page = await reading.readLog(shard, 0, 100);
      const first = page.kind === "records" ? page.records[0]?.position : page.oldest;
      expect(first, `statement ${nth}`).toBe(page.kind === "records" ? 1 : 31);
    }
  });

  test("and is not its end when the shard grows and closes in the middle of the read", async () => {
    for (const nth of everyStatement) {
      const shard = nth;
      commit(appended(shard, 3));
      interruptAt(nth, () => commit(appended(shard, 2), writing({ closeShards: [shard] })));
      const page = await reading.readLog(shard, 0, 100);
      const [last, closed] = page.kind === "records" ? [page.records.length, page.closed] : [];
      expect([3, 5], `statement ${nth}`).toContain(last);
      expect(closed === true && last !== 5, `statement ${nth}`).toBe(false);
    }
  });
});

test("what is committed and not yet told can be read", async () => {
  const seen: Promise<readonly (string | undefined)[]>[] = [];
  afterCommit = () => seen.push(getAll(1));
  commit(fill(1));
  expect(new Set((await Promise.all(seen)).flat())).toEqual(new Set(["v"]));
});
