// The command between folders: what it prints, its exit codes, and what it will not do.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { open } from "../client/index.ts";
import type { CommandContext, StopSignal } from "./command-context.ts";
import { runCommand } from "./run-command.ts";

let folder = "";
let from = "";
let to = "";
let state = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-copying-"));
  from = join(folder, "from");
  to = join(folder, "to");
  state = join(folder, "state.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

async function run(
  args: readonly string[],
  more: { readonly environment?: Readonly<Record<string, string>>; readonly signal?: StopSignal } = {},
): Promise<Run> {
  let output = "";
  let errors = "";
  const signals: Promise<StopSignal>[] = more.signal === undefined ? [] : [Promise.resolve(more.signal)];
  const context: CommandContext = {
    environment: more.environment ?? {},
    write: (text) => {
      output += text;
    },
    writeError: (text) => {
      errors += text;
    },
    nextSignal: () => signals.shift() ?? new Promise(() => undefined),
    exit: () => undefined,
    processAgeMs: () => 0,
  };
  return { code: await runCommand(args, context), output, errors };
}

function copyArgs(...more: readonly string[]): readonly string[] {
  return ["copy", "--from", from, "--to", to, "--state", state, ...more];
}

const table = {
  TableName: "Orders",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};

async function fill(path: string, keys: readonly string[], region = "us-east-1"): Promise<void> {
  await using db = await open({ data: path, tables: table, region });
  for (const pk of keys) {
    const result = await db.dispatch({
      service: "DynamoDB",
      operation: "PutItem",
      json: { TableName: "Orders", Item: { pk: { S: pk } } },
      namespace: { account: "000000000000", region },
      requestId: "R",
    });
    expect(result.kind).toBe("ok");
  }
}

test("copies, compares, finds differences and mends them", async () => {
  await fill(from, ["a", "b"]);
  const first = await run(copyArgs());
  expect([first.code, first.errors]).toEqual([0, ""]);
  const sum = /equal ([0-9a-f]{32})$/m.exec(first.output)?.[1] ?? "";
  expect(first.output.split("\n")).toEqual([
    "Orders: 2 items copied",
    "table   items from  items to  checksum",
    `Orders  2           2         equal ${sum}`,
    "",
  ]);
  await fill(to, ["c"]);
  const second = await run(copyArgs());
  expect([second.code, second.errors]).toEqual([1, ""]);
  expect(second.output.split("\n").slice(1)).toEqual([
    expect.stringMatching(/^Orders {2}2 {11}3 {9}DIFFERENT [0-9a-f]{32} [0-9a-f]{32}$/),
    "1 table is not equal: Orders; with --sync the same command copies what differs",
    "",
  ]);
  const dry = await run(copyArgs("--sync", "--dry-run"));
  expect([dry.code, dry.output]).toEqual([
    1,
    "Orders: is there (about 2 items)\nOrders: 0 missing and 0 changed items would be put, 1 would be deleted\n",
  ]);
  const third = await run(copyArgs("--sync"));
  expect([third.code, third.output.split("\n")[0]]).toEqual([
    0,
    "Orders: 0 missing and 0 changed items put, 1 deleted",
  ]);
  expect((await run(copyArgs("--no-compare"))).output).toBe("");
});

test("refuses in one line each, and touches nothing", async () => {
  const twoEnds = (left: string, right: string): readonly string[] => ["copy", "--from", left, "--to", right];
  await fill(from, []);
  for (const [args, message] of [
    [["copy"], "copy needs --from"],
    [["copy", "--from", from], "copy needs --to"],
    [twoEnds(join(folder, "none"), to), `--from: there is no store in ${join(folder, "none")}`],
    [
      twoEnds(from, "s3://bucket"),
      "--to: 's3://bucket' is neither a folder nor an address that stator copy knows",
    ],
    [copyArgs("--without", "Indexes"), /^--without: 'Indexes' is none of LocalSecondaryIndexes, /],
    [copyArgs("--from-account", "12"), "--from-account takes twelve digits"],
    [
      twoEnds("http://127.0.0.1:1", to).concat("--from-account", "0".repeat(12)),
      "--from-account is of no use with --from http://127.0.0.1:1",
    ],
    [twoEnds("aws:eu-west-1", to), /^--from needs credentials: AWS_ACCESS_KEY_ID/],
    [copyArgs("--concurrency", "0"), "--concurrency must be a whole number from 1 to 256, not '0'"],
    [copyArgs("--form", "x"), "unknown option --form; did you mean --from?"],
  ] as const) {
    const { code, output, errors } = await run(args);
    expect([code, output]).toEqual([2, ""]);
    if (typeof message === "string") expect(errors).toBe(`stator: ${message}\n`);
    else expect(errors.replace(/^stator: /, "")).toMatch(message);
  }
  expect([existsSync(to), existsSync(join(folder, "none"))]).toEqual([false, false]);
});

test("refuses the same end twice, a store in use, and tables that are not there", async () => {
  await fill(from, []);
  const same = await run(["copy", "--from", from, "--to", from, "--state", state]);
  expect(same.code).toBe(1);
  expect(same.errors).toContain("is in use by another process");
  const missing = await run(copyArgs("--table", "None*"));
  expect([missing.code, missing.errors]).toEqual([1, `stator: ${from} (us-east-1) has no table None*\n`]);
  const unreachable = await run(["copy", "--from", "http://127.0.0.1:1", "--to", to, "--state", state]);
  expect(unreachable.code).toBe(1);
  expect(unreachable.errors).toBe(
    "stator: http://127.0.0.1:1 (us-east-1) cannot be reached: connect ECONNREFUSED 127.0.0.1:1\n",
  );
});

test("says where the tables are when there are none in the region", async () => {
  await fill(from, ["a"], "eu-west-1");
  const { code, errors } = await run(copyArgs());
  expect([code, errors]).toEqual([
    1,
    `stator: ${from} (us-east-1) has no tables; there are some in region eu-west-1 of account 000000000000\n`,
  ]);
  const there = await run(copyArgs("--from-region", "eu-west-1"), {
    environment: { AWS_REGION: "eu-north-1" },
  });
  expect(there.code).toBe(0);
});

test("stops on a signal, and the same command goes on", async () => {
  await fill(from, ["a", "b"]);
  const stopped = await run(copyArgs(), { signal: "SIGINT" });
  expect([stopped.code, stopped.errors]).toEqual([
    130,
    "stator: stopped; the same command goes on from here\n",
  ]);
  expect((await run(copyArgs())).code).toBe(0);
});

test("a dry run makes nothing", async () => {
  await fill(from, ["a"]);
  expect(await run(copyArgs("--dry-run"))).toEqual({
    code: 0,
    output: "Orders: would be made and filled (about 1 items)\n",
    errors: "",
  });
  expect([existsSync(to), existsSync(state)]).toEqual([false, false]);
});
