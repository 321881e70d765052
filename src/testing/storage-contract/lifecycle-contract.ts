/** Contract: what closing, opening again and crashing keep. */
import { describe, expect, test } from "vitest";
import { type Engine, StorageError } from "../../storage/contract/index.ts";
import { patternBytes } from "./records-contract.ts";
import {
  bytes,
  increment,
  key,
  mutation,
  type OpenStore,
  readText,
  type StorageSubject,
  withStore,
  type WithStore,
  write,
} from "./subject.ts";

export function describeLifecycle(subject: StorageSubject): void {
  const withOpen = withStore(subject, "open");

  test("declares its capabilities", () =>
    withOpen(async ({ engine }) => {
      expect(engine.capabilities).toEqual(subject.capabilities);
    }));

  describe("closed", () => {
    const calls: readonly [name: string, call: (engine: Engine) => Promise<unknown>][] = [
      ["get", (engine) => engine.get(key("a"), "strong")],
      ["getMany", (engine) => engine.getMany([key("a")], "strong")],
      ["range", (engine) => engine.range(anyRange)],
      ["mutate", (engine) => engine.mutate(mutation("tellTime"))],
      ["held", (engine) => engine.held([key("a")])],
      ["counter", (engine) => engine.counter({ keyspace: 1, index: 0 })],
      ["counterParts", (engine) => engine.counterParts({ keyspace: 1, index: 0, countMax: 1 })],
      ["readLog", (engine) => engine.readLog(1, 0, 1)],
      ["logEnd", (engine) => engine.logEnd(1)],
      ["trimLog", (engine) => engine.trimLog(1, 0)],
      ["watchLog", async (engine) => engine.watchLog(1, () => undefined)],
      ["lease", (engine) => engine.lease("a", "b", 1)],
      ["releaseLease", (engine) => engine.releaseLease({ name: "a", owner: "b", token: 1, expiresMs: 1 })],
      ["reclaim", (engine) => engine.reclaim()],
    ];
    test.each(calls)("%s is refused", (_name, call) =>
      withOpen(async ({ engine }) => {
        await engine.close();
        const failure: unknown = await call(engine).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(StorageError);
        expect(failure).toMatchObject({ code: "closed" });
      }),
    );

    test("closing again, also through dispose, is harmless", () =>
      withOpen(async ({ engine }) => {
        await Promise.all([engine.close(), engine.close(), engine[Symbol.asyncDispose]()]);
        await engine.close();
      }));

    test("closing finishes what was accepted", () =>
      withOpen(async ({ engine }) => {
        const writing = [increment(engine, key("a")), increment(engine, key("a"))];
        await engine.close();
        const outcomes = await Promise.all(writing);
        expect(outcomes.map((outcome) => outcome.kind)).toEqual(["committed", "committed"]);
      }));
  });

  if (subject.capabilities.durable) {
    describe("durable", () => {
      describeKept(withOpen);
    });
  } else {
    test("an engine that is not durable starts empty", () =>
      withOpen(async (store) => {
        await increment(store.engine, key("a"));
        const again = await store.reopen();
        expect(await again.get(key("a"), "strong")).toBeUndefined();
      }));
  }
}

const anyRange = {
  keyspace: 1,
  placement: 0,
  reverse: false,
  recordsMax: 10,
  bytesMax: 1000,
  consistency: "strong",
} as const;

const ways: readonly [name: string, again: (store: OpenStore) => Promise<Engine>][] = [
  ["opening again", (store) => store.reopen()],
  ["a crash", (store) => store.crash()],
];

function describeKept(withOpen: WithStore): void {
  test("what was held back when a store was closed is there, and after a crash neither it nor its hold", () =>
    withOpen(async (store) => {
      const later = (engine: Engine, name: string): Promise<unknown> =>
        engine
          .mutate(mutation("increment", { keys: [key(name)], args: key(name), hold: { ms: 60_000 } }))
          .catch((error: unknown) => error);
      void later(store.engine, "closed");
      const reopened = await store.reopen();
      expect(await readText(reopened, key("closed"))).toBe("1");
      void later(reopened, "crashed");
      expect(await reopened.held([key("crashed")])).toEqual([true]);
      const engine = await store.crash();
      expect(await engine.held([key("crashed")])).toEqual([false]);
      await store.clock.advance(60_000);
      expect(await increment(engine, key("crashed"))).toMatchObject({ kind: "committed", result: 1 });
    }));

  test.each(ways)("%s keeps records, counters, log, epochs, drops and leases", (_way, again) =>
    withOpen(async (store) => {
      await write(store.engine, {
        records: [
          { kind: "put", key: key("short"), value: bytes("value") },
          { kind: "put", key: key("long"), value: patternBytes(30_000) },
          { kind: "put", key: key("gone", "", { keyspace: 2 }), value: bytes("gone") },
        ],
        counters: [
          { counter: { keyspace: 1, index: 1 }, delta: 12 },
          { counter: { keyspace: 1, index: 1, part: bytes("a") }, delta: 5 },
          { counter: { keyspace: 1, index: 1, part: bytes("b") }, delta: -6 },
        ],
        log: ["a", "b", "c"].map((value) => ({ shard: 4, value: bytes(value) })),
        setEpochs: [{ keyspace: 1, epoch: 6 }],
      });
      await write(store.engine, { closeShards: [4], dropKeyspaces: [2] });
      await store.engine.trimLog(4, 1);
      await store.engine.lease("sweep", "a", 1000);
      const engine = await again(store);
      expect(await readText(engine, key("short"))).toBe("value");
      expect((await engine.get(key("long"), "strong"))?.value).toEqual(patternBytes(30_000));
      expect(await engine.get(key("gone", "", { keyspace: 2 }), "strong")).toBeUndefined();
      expect(await engine.counter({ keyspace: 1, index: 1 })).toBe(12);
      expect(await engine.counterParts({ keyspace: 1, index: 1, countMax: 9 })).toEqual([
        { part: bytes("a"), value: 5 },
        { part: bytes("b"), value: -6 },
      ]);
      expect(await engine.logEnd(4)).toEqual({ last: 3, oldest: 2, closed: true });
      expect(await engine.readLog(4, 0, 10)).toEqual({ kind: "trimmed", oldest: 2 });
      expect(await engine.mutate(mutation("tellTime", { epochs: [{ keyspace: 1, epoch: 5 }] }))).toEqual({
        kind: "staleEpoch",
        keyspace: 1,
        epoch: 6,
      });
      expect(await engine.lease("sweep", "b", 1000)).toBeUndefined();
      await expect(
        write(engine, { records: [{ kind: "put", key: key("x", "", { keyspace: 2 }), value: bytes("v") }] }),
      ).rejects.toThrow("dropped");
    }),
  );

  test.each(ways)("%s goes on with versions, positions and tokens above the old ones", (_way, again) =>
    withOpen(async (store) => {
      await write(store.engine, {
        records: [{ kind: "put", key: key("a"), value: bytes("v") }],
        log: [{ shard: 1, value: bytes("v") }],
      });
      const before = await store.engine.get(key("a"), "strong");
      const lease = await store.engine.lease("sweep", "a", 1000);
      await write(store.engine, { records: [{ kind: "delete", key: key("a") }] });
      const engine = await again(store);
      await write(engine, {
        records: [{ kind: "put", key: key("a"), value: bytes("v") }],
        log: [{ shard: 1, value: bytes("v") }],
      });
      const after = await engine.get(key("a"), "strong");
      expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
      expect((await engine.logEnd(1)).last).toBe(2);
      await store.clock.advance(1000);
      expect((await engine.lease("sweep", "b", 1000))?.token).toBeGreaterThan(lease?.token ?? Infinity);
    }),
  );

  test("a crash loses no acknowledged write and leaves no half of another", () =>
    withOpen(async (store) => {
      await Promise.all(Array.from({ length: 10 }, () => increment(store.engine, key("n"))));
      const unanswered = Promise.allSettled(
        ["x", "y"].map((name) =>
          write(store.engine, {
            records: [
              { kind: "put", key: key(name, "1"), value: bytes("v") },
              { kind: "put", key: key(name, "2"), value: bytes("v") },
            ],
          }),
        ),
      );
      const engine = await store.crash();
      await unanswered;
      expect(await readText(engine, key("n"))).toBe("10");
      for (const name of ["x", "y"]) {
        const halves = await engine.getMany([key(name, "1"), key(name, "2")], "strong");
        expect(new Set(halves.map((half) => half !== undefined)).size).toBe(1);
      }
    }));
}
