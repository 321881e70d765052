/**
 * Kills the built server with SIGKILL while many connections write, starts it again on the same folder, and
 * checks every promise an answer made. A kill is not a power cut: what the system holds in its cache survives
 * here; the simulator is what loses unsynced bytes.
 *
 * Half of the kills meet a server on one thread, half one with routers.
 * STATOR_KILL_ROUNDS sets the number of kills, STATOR_SEED the seed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiCallOk } from "../../bench/api-call.ts";
import { builtServerCommand, type ServerProcess, startServerProcess } from "../../bench/server-process.ts";
import { type Random, seededRandom, systemClock } from "../../src/base/index.ts";
import {
  counterNames,
  countersTable,
  createWriter,
  itemsTable,
  numberOf,
  shareName,
  type Writer,
  writeUntilKilled,
} from "./server-writers.ts";

const rounds = Math.ceil(Number(process.env["STATOR_KILL_ROUNDS"] ?? 4) / 2);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const writersCount = 24;
/** Load runs at least this long before a kill, and up to as long again. */
const loadMs = 500;
/** What a folder with unfinished work may add to the start of an empty server. */
const reopenExtraMs = 1_000;
const roundLimitMs = 20_000;

type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-kill-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(["0", "2"])(
  `${rounds} kills lose no acknowledged write, %s routers, seed ${seed}`,
  { timeout: (rounds + 2) * roundLimitMs },
  async (routers) => {
    const random = seededRandom(seed);
    const command = builtServerCommand(["--data", join(folder, `data-${routers}`), "--routers", routers]);
    const writers = Array.from({ length: writersCount }, (_, index) => createWriter(index));
    let server = await startServerProcess(command);
    const emptyStartMs = server.readyMs;
    try {
      await createTables(server.endpoint);
      for (let round = 1; round <= rounds; round++) {
        const before = acknowledgedBy(writers);
        await loadAndKill(server, writers, random);
        expect(acknowledgedBy(writers), "nothing was written before the kill").toBeGreaterThan(before);
        server = await startServerProcess(command);
        expect(server.readyMs, `start after kill ${round}`).toBeLessThan(emptyStartMs + reopenExtraMs);
        await checkItems(server.endpoint, writers);
        await checkCounters(server.endpoint, writers);
      }
    } finally {
      await server.stop();
    }
  },
);

async function createTables(endpoint: string): Promise<void> {
  for (const name of [itemsTable, countersTable]) {
    await apiCallOk(endpoint, "CreateTable", {
      TableName: name,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    });
    await untilActive(endpoint, name);
  }
}

async function untilActive(endpoint: string, name: string): Promise<void> {
  for (let poll = 0; poll < 200; poll++) {
    const { Table: table } = await apiCallOk(endpoint, "DescribeTable", { TableName: name });
    if ((table as { TableStatus?: string }).TableStatus === "ACTIVE") return;
    await systemClock().sleep(20);
  }
  throw new Error(`${name} did not become ACTIVE`);
}

async function loadAndKill(server: ServerProcess, writers: readonly Writer[], random: Random): Promise<void> {
  const writing = Promise.all(
    writers.map((writer) => writeUntilKilled(server.endpoint, writer, seededRandom(random.uint32()))),
  );
  // Whichever comes first: a wrong answer must not wait for the kill.
  await Promise.race([writing, systemClock().sleep(loadMs + random.below(loadMs))]);
  await server.kill();
  await writing;
}

function acknowledgedBy(writers: readonly Writer[]): number {
  return writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
}

/** Each key holds its last acknowledged write, or the one that was under way. What is found is then known. */
async function checkItems(endpoint: string, writers: readonly Writer[]): Promise<void> {
  const found = new Map<string, number>();
  for (const item of await scanAll(endpoint, itemsTable))
    found.set(String(item["pk"]?.["S"]), numberOf(item));
  const wrong: string[] = [];
  for (const { items, unknownItems } of writers) {
    for (const key of new Set([...items.keys(), ...unknownItems.keys()])) {
      const now = found.get(key);
      const allowed = [items.get(key), ...(unknownItems.has(key) ? [unknownItems.get(key)] : [])];
      if (!allowed.includes(now))
        wrong.push(`${key}: ${String(now)}, not one of ${allowed.map(String).join(", ")}`);
      items.set(key, now);
      found.delete(key);
    }
    unknownItems.clear();
  }
  expect(wrong).toEqual([]);
  expect([...found.keys()], "keys that nobody wrote").toEqual([]);
}

/** The shares of a counter add up to its total, and each is what its writer knows of. */
async function checkCounters(endpoint: string, writers: readonly Writer[]): Promise<void> {
  const counters = new Map(
    (await scanAll(endpoint, countersTable)).map((item) => [String(item["pk"]?.["S"]), item]),
  );
  for (const name of counterNames) {
    const counter = counters.get(name) ?? {};
    let total = 0;
    for (const { index, counts, unknownCounts } of writers) {
      const share = Number(counter[shareName(index)]?.["N"] ?? 0);
      const known = counts.get(name) ?? 0;
      const allowed = unknownCounts.has(name) ? [known, known + 1] : [known];
      expect(allowed, `${name}, writer ${index}`).toContain(share);
      counts.set(name, share);
      unknownCounts.delete(name);
      total += share;
    }
    expect(Number(counter["n"]?.["N"] ?? 0), `total of ${name}`).toBe(total);
  }
}

async function scanAll(endpoint: string, table: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let start: unknown;
  do {
    const request = { TableName: table, ConsistentRead: true, ExclusiveStartKey: start };
    const page = await apiCallOk(endpoint, "Scan", request);
    items.push(...(page["Items"] as readonly Item[]));
    start = page["LastEvaluatedKey"];
  } while (start !== undefined);
  return items;
}
