// The command over sound, damaged, used and missing data.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { open } from "../client/index.ts";
import type { CommandContext } from "./command-context.ts";
import { runCommand } from "./run-command.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-verify-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  let output = "";
  let errors = "";
  const context: CommandContext = {
    environment,
    write: (text) => {
      output += text;
    },
    writeError: (text) => {
      errors += text;
    },
    nextSignal: () => new Promise(() => undefined),
    exit: () => undefined,
    processAgeMs: () => 0,
  };
  return { code: await runCommand(args, context), output, errors };
}

async function fill(data: string): Promise<void> {
  await using db = await open({ data, tables: table });
  for (const pk of ["1", "2"]) await put(db, pk);
  await db.indexes.caughtUp();
}

async function put(db: Awaited<ReturnType<typeof open>>, pk: string): Promise<void> {
  const result = await db.dispatch({
    service: "DynamoDB",
    operation: "PutItem",
    json: { TableName: "Orders", Item: { pk: { S: pk }, g: { S: "x" } } },
    namespace: { account: "000000000000", region: "us-east-1" },
    requestId: "R",
  });
  expect(result.kind).toBe("ok");
}

const table = {
  TableName: "Orders",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "g", AttributeType: "S" },
  ],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
  BillingMode: "PAY_PER_REQUEST",
};

test("says that sound data is sound, wherever the folder is named", async () => {
  await fill(folder);
  const sound = { code: 0, output: `${folder}: no problems in 1 table with 2 items\n`, errors: "" };
  expect(await run(["verify", "--data", folder])).toEqual(sound);
  expect(await run(["verify"], { STATOR_DATA: folder, STATOR_PORT: "nonsense" })).toEqual(sound);
});

test("prints each problem on a line", async () => {
  await fill(folder);
  const file = new DatabaseSync(join(folder, "stator.db"));
  file.exec("DELETE FROM records WHERE keyspace = 1000; INSERT INTO counters VALUES(1900, 0, 1)");
  file.close();
  const { code, output, errors } = await run(["verify", "--data", folder]);
  expect([code, errors]).toEqual([1, ""]);
  expect(output.split("\n")).toEqual([
    "table Orders: the table counts 2 items and has 0",
    expect.stringMatching(/^table Orders: the table counts \d+ bytes and has 0$/),
    "table Orders: index byG has an entry that no item makes",
    "table Orders: index byG has an entry that no item makes",
    "keyspace 1900 belongs to no table and no index",
    `${folder}: 5 problems`,
    "",
  ]);
});

test("refuses data in use, and a folder without data, in the words of serve", async () => {
  await using _db = await open({ data: folder });
  const used = `stator: the store ${folder} is in use by another process, or by another engine of this one\n`;
  const refused = { code: 1, output: "", errors: used };
  expect(await run(["verify", "--data", folder])).toEqual(refused);
  expect(await run(["serve", "--port", "0", "--data", folder], { STATOR_ROUTERS: "0" })).toEqual(refused);
  const missing = join(folder, "missing");
  const errors = `stator: there is no store in ${missing}\n`;
  expect(await run(["verify", "--data", missing])).toEqual({ code: 1, output: "", errors });
  expect(existsSync(missing)).toBe(false);
});

test("knows only its own option", async () => {
  for (const [args, message] of [
    [["--port", "1"], "unknown option --port"],
    [["--data"], "--data needs a value"],
    [["folder"], "unexpected argument 'folder'"],
  ] as const) {
    expect(await run(["verify", ...args])).toEqual({ code: 2, output: "", errors: `stator: ${message}\n` });
  }
});
