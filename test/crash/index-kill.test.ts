/**
 * Kills the built server with SIGKILL while many connections write to a table with two global indexes, and while a
 * third one is added and filled, or deleted. What is left is looked through as it is, with indexes behind; then the
 * server starts again, and every index must catch up to exactly what its table says.
 *
 * Half of the kills meet a server on one thread, half one with routers.
 * STATOR_KILL_ROUNDS sets the number of kills, STATOR_SEED the seed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiCallOk } from "../../bench/api-call.ts";
import { builtServerCommand, startServerProcess } from "../../bench/server-process.ts";
import { seededRandom } from "../../src/base/index.ts";
import { verifyData } from "../../src/server/index.ts";
import { checkIndexes, firstAttribute, indexedTable } from "./indexed-items.ts";
import { acknowledgedBy, checkItems, createTable, type Item, loadAndKill, scanAll } from "./server-rounds.ts";
import { countersTable, createWriter, itemOf, itemsTable } from "./server-writers.ts";

const rounds = Math.ceil(Number(process.env["STATOR_KILL_ROUNDS"] ?? 4) / 2);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
const writersCount = 16;
/** Items that nobody changes: they keep the filling of an index busy for longer than the load runs. */
const oldItems = 6000;
const batchSize = 25;
const roundLimitMs = 30_000;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stator-index-kill-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(["0", "2"])(
  `${rounds} kills leave no index that is not as its table, %s routers, seed ${seed}`,
  { timeout: (rounds + 3) * roundLimitMs },
  async (routers) => {
    const random = seededRandom(seed);
    const data = join(folder, `data-${routers}`);
    // Whoever reads an index waits until it has caught up.
    const command = builtServerCommand(["--data", data, "--routers", routers, "--index-lag", "none"]);
    const writers = Array.from({ length: writersCount }, (_, index) => createWriter(index));
    let server = await startServerProcess(command);
    try {
      await createTable(server.endpoint, { TableName: countersTable });
      await createTable(server.endpoint, indexedTable);
      await putOldItems(server.endpoint);
      for (let round = 1; round <= rounds; round++) {
        const before = acknowledgedBy(writers);
        const { endpoint } = server;
        const meanwhile = (): Promise<unknown> =>
          apiCallOk(endpoint, "UpdateTable", round % 2 === 1 ? addLate : deleteLate);
        await loadAndKill(server, writers, { random, meanwhile });
        expect(acknowledgedBy(writers), "nothing was written before the kill").toBeGreaterThan(before);
        expect(await verifyData({ kind: "directory", path: data }), `after kill ${round}`).toMatchObject({
          kind: "sound",
        });
        server = await startServerProcess(command);
        const items = await scanAll(server.endpoint, { TableName: itemsTable });
        checkItems(
          items.filter((item) => !isOld(item)),
          writers,
        );
        expect(items.filter(isOld)).toHaveLength(oldItems);
        await checkIndexes(server, items);
      }
    } finally {
      await server.stop();
    }
    expect(await verifyData({ kind: "directory", path: data })).toMatchObject({ kind: "sound", tables: 2 });
  },
);

const addLate = {
  TableName: itemsTable,
  AttributeDefinitions: [firstAttribute],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: "late",
        KeySchema: [{ AttributeName: "first", KeyType: "HASH" }],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["last"] },
      },
    },
  ],
};

const deleteLate = {
  TableName: itemsTable,
  GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "late" } }],
};

async function putOldItems(endpoint: string): Promise<void> {
  const batches = Array.from({ length: oldItems / batchSize }, (_, batch) =>
    Array.from({ length: batchSize }, (__, at) => batch * batchSize + at),
  );
  for (let from = 0; from < batches.length; from += writersCount) {
    const some = batches.slice(from, from + writersCount);
    await Promise.all(some.map((numbers) => putBatch(endpoint, numbers)));
  }
}

async function putBatch(endpoint: string, numbers: readonly number[]): Promise<void> {
  const requests = numbers.map((number) => ({ PutRequest: { Item: oldItem(number) } }));
  await apiCallOk(endpoint, "BatchWriteItem", { RequestItems: { [itemsTable]: requests } });
}

function oldItem(number: number): Item {
  return { ...itemOf(`old-${number}`, number), filler: { S: "" } };
}

function isOld(item: Item): boolean {
  return String(item["pk"]?.["S"]).startsWith("old-");
}
