/**
 * Kills the built server with SIGKILL while many connections write, starts it again on the same folder, and
 * checks every promise an answer made. A kill is not a power cut: what the system holds in its cache survives
 * here; the simulator is what loses unsynced bytes.
 *
 * Half of the kills meet a server on one thread, half one with routers.
 * STATOR_KILL_ROUNDS sets the number of kills, STATOR_SEED the seed.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtServerCommand, type ServerCommand, startServerProcess } from "../../bench/server-process.ts";
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
/** What a folder with unfinished work may add to the start of an empty server, or as much again where that takes longer. */
const reopenExtraMs = 1_000;
/** A machine that stands still for a second makes any start late, but not three of them. */
const startsMax = 3;
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
    const data = join(folder, `data-${routers}`);
    const left = join(folder, `left-${routers}`);
    const commandOn = (path: string): ServerCommand =>
      builtServerCommand(["--data", path, "--routers", routers]);
    /** Of a server on what the last one left. */
    const readyMsAgain = async (): Promise<number> => {
      const copy = join(folder, `copy-${routers}`);
      cpSync(left, copy, { recursive: true });
      const again = await startServerProcess(commandOn(copy));
      await again.stop();
      rmSync(copy, { recursive: true });
      return again.readyMs;
    };
    const writers = Array.from({ length: writersCount }, (_, index) => createWriter(index));
    let server = await startServerProcess(commandOn(data));
    const readyMsMax = server.readyMs + Math.max(reopenExtraMs, server.readyMs);
    try {
      for (const name of [itemsTable, countersTable]) await createTable(server.endpoint, { TableName: name });
      for (let round = 1; round <= rounds; round++) {
        const before = acknowledgedBy(writers);
        await loadAndKill(server, writers, { random });
        expect(acknowledgedBy(writers), "nothing was written before the kill").toBeGreaterThan(before);
        rmSync(left, { recursive: true, force: true });
        cpSync(data, left, { recursive: true });
        server = await startServerProcess(commandOn(data));
        let { readyMs } = server;
        for (let starts = 1; starts < startsMax && readyMs >= readyMsMax; starts++) {
          readyMs = Math.min(readyMs, await readyMsAgain());
        }
        expect(readyMs, `start after kill ${round}`).toBeLessThan(readyMsMax);
        checkItems(await scanAll(server.endpoint, { TableName: itemsTable }), writers);
        checkCounters(await scanAll(server.endpoint, { TableName: countersTable }), writers);
      }
    } finally {
      await server.stop();
    }
  },
);
