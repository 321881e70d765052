/** Without its writer a server says so, answers what it can, and stops. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunningServer } from "../../src/server/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { giveOrder, haveStand } from "./thread-orders.ts";
import {
  type Answer,
  callOk,
  type Connection,
  connectionsToAll,
  oneToEach,
  startThreaded,
  storeThreads,
  tableNamed,
  watchThreads,
} from "./threaded-server.ts";

const isWriterless = storeThreads.length === 0;

let server: RunningServer;
let folder: string;
let first: Connection;
let second: Connection;
let threads: ReturnType<typeof watchThreads>;
const notes: string[] = [];

async function start(limits?: { readonly drainQuietMs: number }): Promise<void> {
  notes.length = 0;
  folder = temporaryFolder();
  threads = watchThreads();
  server = await startThreaded({
    storage: { kind: "directory", path: folder },
    threadEntries: { writer: new URL("mortal-writer.ts", import.meta.url) },
    onNote: (line) => notes.push(line),
    ...(limits === undefined ? {} : { limits }),
  });
  [first, second] = await oneToEach(server);
  await callOk(first, "CreateTable", tableNamed("Items"));
  await callOk(first, "PutItem", { TableName: "Items", Item: { pk: { S: "before" } } });
}

afterEach(async () => {
  await server.close();
  threads.stop();
  rmSync(folder, { recursive: true, force: true });
});

const readBefore = { TableName: "Items", Key: { pk: { S: "before" } }, ConsistentRead: true };

function put(connection: Connection, key: string): Promise<Answer> {
  return connection.call("PutItem", { TableName: "Items", Item: { pk: { S: key } } });
}

describe.skipIf(isWriterless)("seen by clients that go on asking", () => {
  // However slow they are: they have always asked again before the server takes them for quiet.
  beforeEach(() => start({ drainQuietMs: 9000 }));

  test("writes under way are answered with an error, reads with what is there, and the server ends by itself", async () => {
    const writers = [...(await connectionsToAll(server, 4)).values()].flat();
    const readers = [...(await connectionsToAll(server, 2)).values()].flat();
    const letDie = await haveStand("writer", { thenDie: true });
    const writes = writers.map((connection, index) => put(connection, `under way ${index}`));
    const beforeDeath = await Promise.all(readers.map((reader) => reader.call("GetItem", readBefore)));
    for (const { status, body } of beforeDeath) {
      expect([status, body["Item"]]).toEqual([200, readBefore.Key]);
    }
    const readsUntilEnd = readers.map(readUntilLast);
    const readiness = [first, second].map(askUntilLast);
    letDie();

    const answers = await Promise.all(writes);
    // Who has nothing more to ask leaves, so that nobody waits for it.
    for (const writer of writers) writer.close();
    for (const { status, body } of answers) {
      expect([500, 503]).toContain(status);
      expect(body["__type"]).toMatch(/InternalServerError|ServiceUnavailable/u);
    }
    for (const reads of await Promise.all(readsUntilEnd)) {
      expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    }
    for (const looks of await Promise.all(readiness)) expect(looks.at(-1)?.status).toBe(503);
    expect(await server.failed).toMatch(/^the thread that writes died: .*writer was told to die/u);
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^the thread that writes has died; nothing is written any more and the server stops: /u,
      ),
    );
    expect(threads.running()).toBe(0);
  });
});

describe.skipIf(isWriterless)("seen by clients that are quiet", () => {
  beforeEach(() => start());

  test("what was answered before is there for the next server, what was not may be", async () => {
    const letDie = await haveStand("writer", { thenDie: true });
    const lost = put(first, "lost");
    letDie();
    expect([500, 503]).toContain((await lost).status);
    await server.failed;
    server = await startThreaded({ storage: { kind: "directory", path: folder } });
    [first, second] = await oneToEach(server);
    expect((await callOk(second, "GetItem", readBefore))["Item"]).toEqual(readBefore.Key);
    await callOk(first, "PutItem", { TableName: "Items", Item: { pk: { S: "after" } } });
  });

  test("a server that is told to stop when its writer has died stops once", async () => {
    giveOrder({ kind: "die", thread: "writer" });
    await Promise.all([server.failed, server.failed.then(() => server.close())]);
    await server.close();
    expect(threads.running()).toBe(0);
  });

  test("while the writer stands still everything is read, and what waits for it is answered later", async () => {
    const goOn = await haveStand("writer", { thenDie: false });
    const waiting = put(first, "waited");
    expect((await callOk(second, "GetItem", readBefore))["Item"]).toEqual(readBefore.Key);
    expect((await second.get("/_stator/ready")).status).toBe(200);
    goOn();
    expect((await waiting).status).toBe(200);
    const found = { ...readBefore, Key: { pk: { S: "waited" } } };
    expect((await callOk(second, "GetItem", found))["Item"]).toEqual(found.Key);
  });
});

/** Answers until the server ends the connection; in order, the last one says so. */
async function untilLast(ask: () => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (;;) {
    const answer = await ask();
    answers.push(answer);
    if (answer.last) return answers;
  }
}

function readUntilLast(connection: Connection): Promise<readonly Answer[]> {
  return untilLast(() => connection.call("GetItem", readBefore));
}

function askUntilLast(connection: Connection): Promise<readonly Answer[]> {
  return untilLast(() => connection.get("/_stator/ready"));
}
