// The command while it follows a server: what it prints, what signals do, and what it will not do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../base/index.ts";
import { type End, httpEnd } from "../copy/index.ts";
import { type RunningServer, startServer } from "../server/index.ts";
import { testServerSettings } from "../testing/index.ts";
import type { CommandContext, StopSignal } from "./command-context.ts";
import { runCommand } from "./run-command.ts";

let folder = "";
let server: RunningServer;
let client: End;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stator-follow-"));
  const outcome = await startServer(testServerSettings);
  if (outcome.kind !== "started") throw new Error(outcome.message);
  ({ server } = outcome);
  client = httpEnd({
    url: new URL(server.endpoint),
    region: "us-east-1",
    credential: { accessKeyId: "local", secretAccessKey: "local" },
    clock: systemClock(),
    connectionsMax: 2,
  });
  await ask("CreateTable", {
    TableName: "Orders",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await put("a");
});
afterEach(async () => {
  await client.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function ask(operation: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  const request = { service: "DynamoDB", operation, input } as const;
  expect(await client.call(request, new AbortController().signal)).toMatchObject({ kind: "answer" });
}

function put(pk: string): Promise<void> {
  return ask("PutItem", { TableName: "Orders", Item: { pk: { S: pk } } });
}

interface Run {
  readonly code: number;
  readonly output: readonly string[];
  readonly errors: string;
  readonly exits: readonly number[];
}

/** `onLine` hears what the command prints, and may send signals. */
async function run(
  args: readonly string[],
  onLine: (line: string, send: (signal: StopSignal) => void) => void = () => undefined,
): Promise<Run> {
  const output: string[] = [];
  const exits: number[] = [];
  let errors = "";
  let hear: ((signal: StopSignal) => void) | undefined;
  const context: CommandContext = {
    environment: {},
    write(text) {
      output.push(...text.trimEnd().split("\n"));
      for (const line of text.trimEnd().split("\n")) onLine(line, (signal) => hear?.(signal));
    },
    writeError(text) {
      errors += text;
    },
    nextSignal: () =>
      new Promise((resolve) => {
        hear = resolve;
      }),
    exit: (code) => exits.push(code),
    processAgeMs: () => 0,
  };
  return { code: await runCommand(args, context), output, errors, exits };
}

function followArgs(...more: readonly string[]): readonly string[] {
  const state = join(folder, "state.json");
  return [
    "copy",
    "--from",
    server.endpoint,
    "--to",
    join(folder, "to"),
    "--state",
    state,
    "--follow",
    ...more,
  ];
}

const table = [
  "table   items from  items to  checksum",
  expect.stringMatching(/^Orders {2}2 {11}2 {9}equal [0-9a-f]{32}$/),
];
const beginning = [
  "Orders: following its changes",
  "following until Ctrl-C or SIGTERM; then what is left is applied",
];
const finishing = "finishing: what is left is applied; the same signal again stops without finishing";

test("a signal finishes what is followed", async () => {
  const { code, output, errors } = await run(followArgs(), (line, send) => {
    if (line !== "Orders: caught up") return;
    void put("b").then(() => send("SIGINT"));
  });
  expect([code, errors]).toEqual([0, ""]);
  expect(output).toEqual([
    "Orders: 1 items copied",
    ...beginning,
    "Orders: caught up",
    finishing,
    "all changes are applied",
    "Orders: followed to the end, 1 changes applied; its capture is ended",
    ...table,
  ]);
});

test("a signal while tables are copied stops, a second one while it finishes, too, and the same command goes on", async () => {
  const stopped = "stator: stopped; the same command goes on from here\n";
  const early = await run(followArgs(), (line, send) => {
    if (line === "Orders: 1 items copied") send("SIGTERM");
  });
  expect([early.code, early.errors, early.exits]).toEqual([130, stopped, []]);
  await put("b");
  const twice = await run(followArgs(), (line, send) => {
    if (line.startsWith("following until")) send("SIGINT");
    // When the next signal is awaited.
    if (line === finishing) setImmediate(() => send("SIGINT"));
  });
  expect([twice.code, twice.errors, twice.exits]).toEqual([130, stopped, []]);
  expect(twice.output).toContain(finishing);
  const closed = await run(followArgs(), (line, send) => {
    if (line.startsWith("following until")) send("SIGHUP");
  });
  expect([closed.code, closed.errors]).toEqual([130, stopped]);
  expect(closed.output).not.toContain(finishing);
  const { code, output } = await run(followArgs("--until-idle", "1"));
  expect(code).toBe(0);
  expect(output).toContain("following until no change has come for 1 s; then what is left is applied");
  expect(output.slice(-2)).toEqual(table);
});

test("what differs in the end is told, with what to do", async () => {
  const other = await startServer(testServerSettings);
  if (other.kind !== "started") throw new Error(other.message);
  const target = httpEnd({
    url: new URL(other.server.endpoint),
    region: "us-east-1",
    credential: { accessKeyId: "local", secretAccessKey: "local" },
    clock: systemClock(),
    connectionsMax: 1,
  });
  const input = { TableName: "Orders", Item: { pk: { S: "mine" } } };
  const mine = { service: "DynamoDB", operation: "PutItem", input } as const;
  const ends = ["copy", "--from", server.endpoint, "--to", other.server.endpoint];
  const { code, output } = await run([...ends, "--state", join(folder, "s"), "--follow"], (line, send) => {
    if (line !== "Orders: caught up") return;
    void target.call(mine, new AbortController().signal).then(() => send("SIGINT"));
  });
  await target.close();
  await other.server.close();
  expect(code).toBe(1);
  expect(output).toContain("Orders: its changes are kept; the same command goes on following");
  expect(output.at(-1)).toBe(
    "1 table is not equal: Orders; changes are still kept: the same command goes on following, with --sync it copies first what differs",
  );
});

test("is refused where nothing can change, and --until-idle without it", async () => {
  const folderFrom = await run(["copy", "--from", "data", "--to", "other", "--follow"]);
  expect([folderFrom.code, folderFrom.errors]).toEqual([
    2,
    "stator: --follow is of no use with --from data: nobody else can write there while the copy has it\n",
  ]);
  const idle = await run(["copy", "--from", server.endpoint, "--to", "other", "--until-idle", "5"]);
  expect([idle.code, idle.errors]).toEqual([2, "stator: --until-idle needs --follow\n"]);
});
