/** Initial files, from the disk to calls of operations: order, what exists already, and what a failure undoes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiError } from "../../api/index.ts";
import { adjustableClock, seededRandom } from "../../base/index.ts";
import type { StatorCore } from "../create-stator.ts";
import { applyInit, type InitEntry, type InitOutcome } from "./apply-init.ts";
import { readInitArgument } from "./init-argument.ts";
import { isObject } from "./plain-data.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stator-init-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Run {
  readonly outcome: InitOutcome;
  readonly calls: readonly string[];
  readonly notes: readonly string[];
}

/** A core that remembers calls: CreateTable fails for tables that exist, PutItem for the item {"bad":...}. */
async function run(entries: readonly InitEntry[], existing: readonly string[] = []): Promise<Run> {
  const calls: string[] = [];
  const notes: string[] = [];
  const core = {
    dispatch: async ({ operation, json }: { operation: string; json: unknown }) => {
      const input = isObject(json) ? json : {};
      const name = String(input["TableName"]);
      calls.push(`${operation} ${name}`);
      if (operation === "CreateTable" && existing.includes(name)) {
        return { kind: "error", error: apiError("ResourceInUseException", `Table already exists: ${name}`) };
      }
      if (operation === "PutItem" && JSON.stringify(json).includes('"bad"')) {
        return { kind: "error", error: apiError("ValidationException", "bad item") };
      }
      if (operation === "UpdateTimeToLive") {
        return { kind: "error", error: apiError("UnknownOperationException") };
      }
      return { kind: "ok", body: '{"Table":{"TableStatus":"ACTIVE"}}' };
    },
    services: { clock: adjustableClock(), random: seededRandom(1) },
  } as unknown as Pick<StatorCore, "dispatch" | "services">;
  const outcome = await applyInit(core, { entries, region: "us-east-1", onNote: (line) => notes.push(line) });
  return { outcome, calls, notes };
}

async function file(name: string, content: string | Uint8Array, table = ""): Promise<InitEntry> {
  const path = join(folder, name);
  await writeFile(path, content);
  return { kind: "file", file: table === "" ? { path } : { path, table } };
}

const createTable = (name: string) => ({ TableName: name, KeySchema: [], AttributeDefinitions: [] });
const data = (value: unknown): InitEntry => ({ kind: "data", data: value, source: "tables" });
const line = (id: string, table?: string): string =>
  JSON.stringify({ ...(table === undefined ? {} : { TableName: table }), Item: { pk: { S: id } } });

describe("initial tables", () => {
  it("are created from one input, from a list and from a template", async () => {
    const { outcome, calls, notes } = await run([
      await file("one.json", JSON.stringify(createTable("One"))),
      await file("more.json", `\n${JSON.stringify([createTable("Two"), createTable("Three")], null, 2)}`),
      await file("t.yaml", "Resources: { Four: { Type: 'AWS::DynamoDB::Table', Properties: {} } }"),
      data({ Resources: { Five: { Type: "AWS::DynamoDB::Table", Properties: {} } } }),
    ]);
    expect(outcome).toEqual({ kind: "applied" });
    expect(calls.filter((call) => call.startsWith("CreateTable"))).toEqual(
      ["One", "Two", "Three", "Four", "Five"].map((name) => `CreateTable ${name}`),
    );
    expect(notes).toContain(`${folder}/one.json: created table One`);
  });

  it("are left alone when they exist", async () => {
    const { outcome, notes } = await run([data(createTable("Old"))], ["Old"]);
    expect(outcome.kind).toBe("applied");
    expect(notes).toEqual(["tables: table Old exists and is left as it is"]);
  });

  it("are deleted again when a later step fails", async () => {
    const template = `Resources: { Two: { Type: "AWS::DynamoDB::Table", Properties: {
      TimeToLiveSpecification: { AttributeName: a, Enabled: true } } } }`;
    const { outcome, calls } = await run([data(createTable("One")), await file("ttl.yaml", template)]);
    expect(outcome).toEqual({
      kind: "failed",
      message: `${folder}/ttl.yaml, Resources.Two: TimeToLiveSpecification is not supported yet`,
    });
    expect(calls.slice(-2)).toEqual(["DeleteTable One", "DeleteTable Two"]);
  });

  it.each([
    ["{", "not valid JSON"],
    ["[1]", "neither an input of CreateTable"],
    ['{"TableName":"a"}', "neither an input of CreateTable"],
    ['{"Resources":{}}', "no DynamoDB table"],
  ])("are refused as %s, before anything is created", async (text, message) => {
    const { outcome, calls } = await run([data(createTable("One")), await file("bad.json", text)]);
    expect(outcome).toEqual({ kind: "failed", message: expect.stringContaining(`bad.json: ${message}`) });
    expect(calls).toEqual([]);
  });

  it("are refused when defined twice, unreadable or of unknown kind", async () => {
    const twice = await run([data(createTable("One")), data([createTable("One")])]);
    expect(twice.outcome).toMatchObject({ message: "tables: table One is defined in tables as well" });
    for (const path of ["none.json", "none.yaml", "none.ndjson", "none.json.gz", "none.txt"]) {
      const { outcome } = await run([{ kind: "file", file: { path: join(folder, path) } }]);
      expect(outcome.kind).toBe("failed");
    }
  });
});

describe("initial items", () => {
  it("are put into tables of this start, after the tables, from all kinds of files", async () => {
    const { outcome, calls, notes } = await run([
      await file("a.ndjson", `${line("1", "One")}\n\n${line("2")}\r\n`, "One"),
      await file("b.json.gz", gzipSync(line("3")), "One"),
      await file("c.json", `${line("4", "One")}\n${line("5", "One")}`),
      data(createTable("One")),
    ]);
    expect(outcome).toEqual({ kind: "applied" });
    expect(calls.filter((call) => call !== "DescribeTable One")).toEqual([
      "CreateTable One",
      ...Array.from({ length: 5 }, () => "PutItem One"),
    ]);
    expect(notes).toContain(`${folder}/a.ndjson: put 2 items into One`);
  });

  it("come in waves that keep the order of the lines", async () => {
    const lines = Array.from({ length: 150 }, (_, n) => line(`${n}`, "One"));
    const { calls } = await run([data(createTable("One")), await file("many.jsonl", lines.join("\n"))]);
    expect(calls.filter((call) => call === "PutItem One").length).toBe(150);
  });

  it("are skipped for tables that were there before", async () => {
    const { calls, notes } = await run(
      [data(createTable("Old")), await file("d.ndjson", line("1", "Old"))],
      ["Old"],
    );
    expect(calls).toEqual(["CreateTable Old"]);
    expect(notes.at(-1)).toContain("skipped the items of Old");
  });

  it.each([
    [`${line("1", "One")}\n${line("bad", "One")}`, "line 2: ValidationException: bad item"],
    [`${line("1", "One")}\n{`, "line 2: not valid JSON"],
    [line("1"), "line 1: no table"],
    ['{"PutRequest":{}}', "line 1: expected an object with the member Item"],
    ['{"Item":{},"Keys":{}}', "line 1: the member Keys is not supported"],
    [`"${"x".repeat(9_000_000)}"`, "line 1 is longer than"],
  ])("undo the start when they are wrong (%#)", async (content, message) => {
    const { outcome, calls } = await run([data(createTable("One")), await file("e.ndjson", content)]);
    expect(outcome).toEqual({ kind: "failed", message: expect.stringContaining(`e.ndjson: ${message}`) });
    expect(calls.at(-1)).toBe("DeleteTable One");
  });

  it("tell a broken packed file", async () => {
    const packed = gzipSync(line("1", "One"));
    for (const bytes of [packed.subarray(0, 20), Buffer.from("no gzip")]) {
      const { outcome } = await run([data(createTable("One")), await file("f.ndjson.gz", bytes)]);
      expect(outcome.kind).toBe("failed");
    }
  });
});

describe("initial file arguments", () => {
  it.each([
    ["a.json", { path: "a.json" }],
    ["Music=a/b.json", { path: "a/b.json", table: "Music" }],
    ["a/b=c.json", { path: "a/b=c.json" }],
    ["x=c.json", { path: "x=c.json" }],
  ])("%s", (argument, expected) => {
    expect(readInitArgument(argument)).toEqual(expected);
  });
});
