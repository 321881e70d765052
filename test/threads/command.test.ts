/** `stator serve` with routers as a process: how it ends. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { monotonicMs } from "../../src/base/index.ts";
import { temporaryFolder } from "../../src/testing/index.ts";
import { keptStoreOptions } from "../../src/testing/store-under-test.ts";
import { type CommandProcess, runCommand, startCommand } from "./command-process.ts";
import {
  type Answer,
  callOk,
  type Connection,
  openConnection,
  storeThreads,
  tableNamed,
} from "./threaded-server.ts";

/** A store in a folder has one thread that writes, and one owner. */
const isInFolder = storeThreads.length > 0;

let folder: string;
let command: CommandProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  command?.signal("SIGKILL");
  await command?.ended;
  command = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(...args: readonly string[]): Promise<CommandProcess> {
  command = await startCommand([...keptStoreOptions(join(folder, "data")), ...args]);
  return command;
}

interface Use {
  /** Acknowledged writes. */
  written: number;
  readonly last: Promise<Answer>;
}

/** Writes until the server says that an answer is its last one; rejects when one is missing. */
function useUntilTold(connection: Connection, name: string): Use {
  const use = async (): Promise<Answer> => {
    for (let index = 0; ; index += 1) {
      const answer = await connection.call("PutItem", {
        TableName: "Items",
        Item: { pk: { S: `${name}-${index}` }, filler: { S: "x".repeat(2000) } },
      });
      expect(answer.status).toBe(200);
      self.written += 1;
      if (answer.last) return answer;
    }
  };
  const self: Use = { written: 0, last: Promise.resolve().then(use) };
  return self;
}

/** Each starts the command, from source, up to three times. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

test("told to stop while 32 connections write, it answers every request and ends with 0", async () => {
  const running = await start("--routers", "2");
  await callOk(openConnection(running), "CreateTable", tableNamed("Items"));
  const uses = Array.from({ length: 32 }, (_, index) =>
    useUntilTold(openConnection(running), `writer-${index}`),
  );
  const ends = Promise.all(uses.map(({ last }) => last));
  while (uses.some(({ written }) => written < 5)) await Promise.race([ends, turn()]);
  const startedMs = monotonicMs();
  running.signal("SIGTERM");
  await ends;
  const { code, standardError } = await running.ended;
  expect(standardError).toBe("");
  expect(code).toBe(0);
  // What the drain may take, and closing the store.
  expect(monotonicMs() - startedMs).toBeLessThan(10_000);

  const again = await start("--routers", "0");
  const written = uses.reduce((sum, use) => sum + use.written, 0);
  expect(await countItems(openConnection(again))).toBe(written);
});

test.each(["0", "2"])(
  "told to stop when it has just said that it listens, it ends with 0; %s routers",
  async (routers) => {
    const running = await start("--routers", routers);
    running.signal("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 0, standardError: "" });
  },
);

test.runIf(isInFolder)(
  "when the thread that writes dies, its last line says so and it ends with 1",
  async () => {
    const running = await start("--routers", "2");
    await callOk(openConnection(running), "CreateTable", tableNamed("Items"));
    running.order({ kind: "die", thread: "writer" });
    const { code, standardError } = await running.ended;
    expect(code).toBe(1);
    const lines = standardError.trimEnd().split("\n");
    // First with its stack, for a report.
    expect(lines[0]).toBe(
      "stator: the thread that writes has died; nothing is written any more and the server stops: " +
        "Error: writer was told to die",
    );
    expect(lines.at(-1)).toBe("stator: the thread that writes died: Error: writer was told to die");
  },
);

describe("refuses in the same words with and without routers", () => {
  const both = async (...args: readonly string[]): Promise<readonly string[]> => {
    // One after the other: both may be given one folder.
    const ends = [
      await runCommand([...args, "--routers", "0"]),
      await runCommand([...args, "--routers", "2"]),
    ];
    expect(ends.map(({ code }) => code)).toEqual([1, 1]);
    return ends.map(({ standardError }) => standardError);
  };

  test("a port that another server uses", async () => {
    const { port } = await start("--routers", "2");
    const told = await both("--memory", "--port", `${port}`);
    expect(new Set(told)).toEqual(
      new Set([
        `stator: port ${port} on 127.0.0.1 is taken by another program; choose another with --port\n`,
      ]),
    );
  });

  test.runIf(isInFolder).each(["0", "2"])(
    "a folder that another server with %s routers uses",
    async (routers) => {
      await start("--routers", routers);
      const path = join(folder, "data");
      const told = await both("--data", path, "--port", "0");
      expect(new Set(told)).toEqual(
        new Set([
          `stator: the store ${path} is in use by another process, or by another engine of this one\n`,
        ]),
      );
    },
  );

  test("a folder that holds something else", async () => {
    const path = join(folder, "data");
    mkdirSync(path);
    writeFileSync(join(path, "stator.db"), "no database ".repeat(1000));
    const [alone, threaded] = await both("--data", path, "--port", "0");
    expect(threaded).toBe(alone);
    expect(alone).toMatch(/^stator: .*\n$/u);
    expect(alone).toContain(path);
  });

  test("a folder that cannot be made", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    const [alone, threaded] = await both("--data", path, "--port", "0");
    expect(threaded).toBe(alone);
    expect(alone).toMatch(/^stator: .*\n$/u);
  });

  test("an initial file that does not fit", async () => {
    const path = join(folder, "init.json");
    writeFileSync(path, '{"TableName":"x"}');
    const [alone, threaded] = await both("--memory", "--port", "0", "--init", path);
    expect(threaded).toBe(alone);
    expect(alone).toMatch(/^stator: .*\n$/u);
  });
});

async function countItems(connection: Connection): Promise<number> {
  let count = 0;
  let ExclusiveStartKey: unknown;
  do {
    const page = await callOk(connection, "Scan", { TableName: "Items", Select: "COUNT", ExclusiveStartKey });
    count += Number(page["Count"]);
    ExclusiveStartKey = page["LastEvaluatedKey"];
  } while (ExclusiveStartKey !== undefined);
  return count;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
