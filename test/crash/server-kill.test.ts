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
import { builtServerCommand, startServerProcess } from "../../bench/server-process.ts";
import { seededRandom } from "../../src/base/index.ts";
import {
  acknowledgedBy,
  checkCounters,
  checkItems,
  createTable,
  loadAndKill,
  scanAll,
} from "./server-rounds.ts";
import { countersTable, createWriter, itemsTable } from "./server-writers.ts";

const rounds = Math.ceil(Number(process.env["STATOR_KILL_ROUNDS"] ?? 4) / 2);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const writersCount = 24;
/** What a folder with unfinished work may add to the start of an empty server. */
const reopenExtraMs = 1_000;
const roundLimitMs = 20_000;

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
      for (const name of [itemsTable, countersTable]) await createTable(server.endpoint, { TableName: name });
      for (let round = 1; round <= rounds; round++) {
        const before = acknowledgedBy(writers);
        await loadAndKill(server, writers, { random });
        expect(acknowledgedBy(writers), "nothing was written before the kill").toBeGreaterThan(before);
        server = await startServerProcess(command);
        expect(server.readyMs, `start after kill ${round}`).toBeLessThan(emptyStartMs + reopenExtraMs);
        checkItems(await scanAll(server.endpoint, { TableName: itemsTable }), writers);
        checkCounters(await scanAll(server.endpoint, { TableName: countersTable }), writers);
      }
    } finally {
      await server.stop();
    }
  },
);
