/** Contract: epochs, dropped keyspaces and giving their space back. */
import { expect, test } from "vitest";
import type { Engine, MutationOutcome } from "../../storage/contract/index.ts";
import { patternBytes } from "./records-contract.ts";
import { bytes, key, mutation, readText, type WithStore, write } from "./subject.ts";

export function describeKeyspaces(withStore: WithStore): void {
  test("a mutation naming an older epoch is answered with the newer one and not decided", () =>
    withStore(async ({ engine }) => {
      await write(engine, { setEpochs: [{ keyspace: 1, epoch: 5 }] });
      expect(await writeAt(engine, 4)).toEqual({ kind: "staleEpoch", keyspace: 1, epoch: 5 });
      expect(await engine.get(key("a"), "strong")).toBeUndefined();
      expect(await writeAt(engine, 5)).toMatchObject({ kind: "committed" });
      expect(await readText(engine, key("a"))).toBe("epoch 5");
    }));

  test("a keyspace without an epoch has epoch 0", () =>
    withStore(async ({ engine }) => {
      expect(await writeAt(engine, 0)).toMatchObject({ kind: "committed" });
    }));

  test("a new epoch binds mutations sent right behind it", () =>
    withStore(async ({ engine }) => {
      const [before, , after] = await Promise.all([
        writeAt(engine, 1),
        write(engine, { setEpochs: [{ keyspace: 1, epoch: 2 }] }),
        writeAt(engine, 1),
      ]);
      expect(before).toMatchObject({ kind: "committed" });
      expect(after).toEqual({ kind: "staleEpoch", keyspace: 1, epoch: 2 });
    }));

  test("all epochs a mutation names are looked at", () =>
    withStore(async ({ engine }) => {
      await write(engine, { setEpochs: [{ keyspace: 2, epoch: 9 }] });
      const epochs = [
        { keyspace: 1, epoch: 0 },
        { keyspace: 2, epoch: 8 },
      ];
      const outcome = await engine.mutate(mutation("tellTime", { epochs }));
      expect(outcome).toEqual({ kind: "staleEpoch", keyspace: 2, epoch: 9 });
    }));

  test("an epoch cannot go back", () =>
    withStore(async ({ engine }) => {
      await write(engine, { setEpochs: [{ keyspace: 1, epoch: 5 }] });
      await expect(write(engine, { setEpochs: [{ keyspace: 1, epoch: 4 }] })).rejects.toThrow(
        "never goes back",
      );
      expect(await write(engine, { setEpochs: [{ keyspace: 1, epoch: 5 }] })).toMatchObject({
        kind: "committed",
      });
    }));

  test("a dropped keyspace reads as empty at once, others stay", () =>
    withStore(async ({ engine }) => {
      await fill(engine, 1);
      await fill(engine, 2);
      await write(engine, { dropKeyspaces: [1] });
      expect(await engine.get(key("r1"), "strong")).toBeUndefined();
      expect(await engine.getMany([key("r1"), key("r1", "", { keyspace: 2 })], "strong")).toEqual([
        undefined,
        expect.anything(),
      ]);
      expect(await countRecords(engine, 1)).toBe(0);
      expect(await countRecords(engine, 2)).toBe(30);
      expect(await engine.counter({ keyspace: 1, index: 0 })).toBe(0);
      expect(await engine.counter({ keyspace: 2, index: 0 })).toBe(30);
      const seen = await engine.mutate(mutation("look", { keys: [key("r1")] }));
      expect(seen).toEqual({ kind: "refused", result: [undefined] });
    }));

  test("a dropped keyspace is stale for whoever names it and refuses writes of others", () =>
    withStore(async ({ engine }) => {
      await write(engine, { setEpochs: [{ keyspace: 1, epoch: 3 }] });
      await write(engine, { dropKeyspaces: [1] });
      expect(await writeAt(engine, 3)).toEqual({ kind: "staleEpoch", keyspace: 1, epoch: 3 });
      await expect(
        write(engine, { records: [{ kind: "put", key: key("a"), value: bytes("v") }] }),
      ).rejects.toThrow("dropped");
      await expect(
        write(engine, { counters: [{ counter: { keyspace: 1, index: 0 }, delta: 1 }] }),
      ).rejects.toThrow("dropped");
    }));

  test("a drop is seen by mutations sent right behind it", () =>
    withStore(async ({ engine }) => {
      await fill(engine, 1);
      const [, seen] = await Promise.all([
        write(engine, { dropKeyspaces: [1] }),
        engine.mutate(mutation("look", { keys: [key("r1")] })),
      ]);
      expect(seen).toEqual({ kind: "refused", result: [undefined] });
    }));

  test("reclaiming ends, removes what was dropped and nothing else", () =>
    withStore(async ({ engine }) => {
      await fill(engine, 1);
      await fill(engine, 2);
      await write(engine, { dropKeyspaces: [1, 7] });
      expect(await reclaimAll(engine)).toBe(30);
      expect(await engine.get(key("r1"), "strong")).toBeUndefined();
      expect(await countRecords(engine, 1)).toBe(0);
      expect(await countRecords(engine, 2)).toBe(30);
      expect(await engine.counter({ keyspace: 1, index: 0 })).toBe(0);
      expect(await reclaimAll(engine)).toBe(0);
      await expect(
        write(engine, { records: [{ kind: "put", key: key("a"), value: bytes("v") }] }),
      ).rejects.toThrow("dropped");
    }));
}

function writeAt(engine: Engine, epoch: number): Promise<MutationOutcome> {
  const records = [{ kind: "put", key: key("a"), value: bytes(`epoch ${epoch}`) }];
  return engine.mutate(mutation("write", { epochs: [{ keyspace: 1, epoch }], args: { records } }));
}

/** 30 records, some of them long, and a counter. */
async function fill(engine: Engine, keyspace: number): Promise<void> {
  await write(engine, {
    records: Array.from({ length: 30 }, (_, index) => ({
      kind: "put",
      key: key(`r${index}`, "", { keyspace }),
      value: patternBytes(index % 10 === 0 ? 20_000 : 10),
    })),
    counters: [{ counter: { keyspace, index: 0 }, delta: 30 }],
  });
}

async function countRecords(engine: Engine, keyspace: number): Promise<number> {
  const limits = { recordsMax: 1000, bytesMax: 100_000_000, reverse: false, consistency: "strong" } as const;
  return (await engine.range({ keyspace, placement: 0, ...limits })).records.length;
}

async function reclaimAll(engine: Engine): Promise<number> {
  let removed = 0;
  for (let step = 0; step < 1000; step += 1) {
    const progress = await engine.reclaim();
    removed += progress.recordsRemoved;
    if (progress.done) {
      return removed;
    }
  }
  throw new Error("reclaiming does not end");
}
