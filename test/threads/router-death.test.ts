/** A router thread that dies takes its own connections with it and nothing else, and is replaced. */
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunningServer } from "../../src/server/index.ts";
import { giveOrder } from "./thread-orders.ts";
import {
  callOk,
  type Connection,
  connectionsToAll,
  headersOf,
  openConnection,
  routerOf,
  startThreaded,
  tableNamed,
} from "./threaded-server.ts";

let server: RunningServer;
const notes: string[] = [];

beforeEach(async () => {
  notes.length = 0;
  server = await startThreaded({
    threadEntries: { router: new URL("mortal-router.ts", import.meta.url) },
    onNote: (line) => notes.push(line),
  });
});

afterEach(async () => {
  await server.close();
});

const deaths = (): number => notes.filter((line) => line.startsWith("router 1 died")).length;

interface Load {
  /** Keys of acknowledged writes. */
  readonly written: string[];
  /** Resolves, when told to stop or broken, with what broke it. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

/** Writes one item after the other, each read back. */
function writeOn(connection: Connection, name: string): Load {
  const written: string[] = [];
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const Key = { pk: { S: `${name}-${written.length}` } };
      await callOk(connection, "PutItem", { TableName: "Items", Item: Key });
      written.push(Key.pk.S);
      const found = await callOk(connection, "GetItem", { TableName: "Items", Key, ConsistentRead: true });
      expect(found).toEqual({ Item: Key });
    }
  };
  return { written, ended: run().catch((error: unknown) => error), stop: () => void (stopped = true) };
}

/** All loads have gone on by so many writes. */
async function goOn(loads: readonly Load[], writes: number): Promise<void> {
  const goals = loads.map(({ written }) => written.length + writes);
  while (loads.some(({ written }, index) => written.length < (goals[index] ?? 0))) {
    const ended = await Promise.race([...loads.map((load) => load.ended), turn()]);
    if (ended !== "turn") throw ended;
  }
}

function turn(): Promise<"turn"> {
  return new Promise((resolve) => {
    setImmediate(() => resolve("turn"));
  });
}

test("its connections break, those of the other router never notice", async () => {
  const reached = await connectionsToAll(server, 4);
  const [dying = [], living = []] = [reached.get("router 1"), reached.get("router 2")];
  await callOk(living[0] ?? never(), "CreateTable", tableNamed("Items"));
  const lost = dying.map((connection, index) => writeOn(connection, `lost-${index}`));
  const kept = living.map((connection, index) => writeOn(connection, `kept-${index}`));
  await goOn([...lost, ...kept], 3);
  giveOrder({ kind: "die", thread: "router 1" });
  for (const { ended } of lost) expect(await ended).toMatchObject({ code: "ECONNRESET" });
  await goOn(kept, 10);
  for (const load of kept) load.stop();
  for (const { ended } of kept) expect(await ended).toBeUndefined();

  // Whoever was answered keeps what it wrote.
  const [reader = never()] = living;
  for (const { written } of [...lost, ...kept]) {
    const last = { TableName: "Items", Key: { pk: { S: written.at(-1) } } };
    expect(await callOk(reader, "GetItem", last)).toEqual({ Item: last.Key });
  }
  expect(notes[0]).toMatch(/^router 1 died and is replaced: Error: router 1 was told to die/u);
});

test("new connections are answered while it is away, and by its replacement later, again and again", async () => {
  const steady = await connectionTo("router 2");
  await callOk(steady, "CreateTable", tableNamed("Items"));
  for (let round = 0; round < 2; round += 1) {
    const doomed = await connectionTo("router 1");
    giveOrder({ kind: "die", thread: "router 1" });
    await expect(untilBroken(doomed)).rejects.toMatchObject({ code: "ECONNRESET" });
    // Its connections break before its listener is gone: one that comes between is reset, too.
    await vi.waitFor(() => expect(deaths()).toBe(round + 1), { timeout: 10_000, interval: 5 });
    await callOk(openConnection(server), "PutItem", { TableName: "Items", Item: { pk: { S: `${round}` } } });
    const replacement = await connectionTo("router 1");
    const found = await callOk(replacement, "Scan", { TableName: "Items", ConsistentRead: true });
    expect(found["Count"]).toBe(round + 1);
    // It follows what the others do, as its predecessor did.
    await callOk(steady, "CreateTable", tableNamed(`After-${round}`));
    await callOk(replacement, "DescribeTable", { TableName: `After-${round}` });
    await callOk(replacement, "DeleteTable", { TableName: `After-${round}` });
    expect((await steady.call("DescribeTable", { TableName: `After-${round}` })).status).toBe(400);
  }
  expect(deaths()).toBe(2);
  expect((await steady.get("/_stator/ready")).status).toBe(200);
});

test("a server that stops while a router is away does not wait for its replacement", async () => {
  const doomed = await connectionTo("router 1");
  giveOrder({ kind: "die", thread: "router 1" });
  await expect(untilBroken(doomed)).rejects.toMatchObject({ code: "ECONNRESET" });
  await server.close();
});

test("a request of which only a part has come ends with the router", async () => {
  const lines = Object.entries({ host: "localhost", ...headersOf("ListTables"), "content-length": "100" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  // Enough of them to have reached both.
  const sockets = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await new Promise<void>((resolve) => {
        socket.write(`POST / HTTP/1.1\r\n${head}\r\n{"Limit"`, () => resolve());
      });
      return socket;
    }),
  );
  const ended = sockets.map(
    (socket) => new Promise<"ended">((resolve) => void socket.once("close", () => resolve("ended"))),
  );
  await connectionTo("router 1").then((connection) => connection.close());
  giveOrder({ kind: "die", thread: "router 1" });
  await Promise.race(ended);
  giveOrder({ kind: "die", thread: "router 2" });
  await Promise.all(ended);
});

async function connectionTo(router: string): Promise<Connection> {
  for (;;) {
    const connection = openConnection(server);
    // One that is just being accepted by a router that dies breaks.
    const found = await routerOf(connection).catch(() => "none");
    if (found === router) return connection;
    connection.close();
  }
}

async function untilBroken(connection: Connection): Promise<never> {
  for (;;) await connection.get("/_stator/health");
}

function never(): never {
  throw new Error("no connection");
}
