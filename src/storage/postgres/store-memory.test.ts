// What is remembered of a store holds for one server's run only.
import { expect, test } from "vitest";
import type { PostgresSession } from "./driver.ts";
import { storeMemory } from "./store-memory.ts";

test("what was learnt from one server is forgotten when another answers", () => {
  const servers = new Map<PostgresSession, string>();
  const sessionOf = (server: string): PostgresSession => {
    const session: PostgresSession = {
      query: () => Promise.reject(new Error("not asked")),
      script: async () => undefined,
      close: async () => undefined,
      destroy: () => undefined,
    };
    servers.set(session, server);
    return session;
  };
  const memoryOf = storeMemory((session) => servers.get(session) ?? "");
  const [a, b, promoted] = [sessionOf("old"), sessionOf("old"), sessionOf("new")];
  memoryOf(a).shards.committed(0, 7, new Map([[5, { last: 9, oldest: 1, timeMicros: 1, closed: false }]]));
  memoryOf(a).keyspaces.at(3).set(1, { epoch: 4, phase: 0 });
  expect(memoryOf(b).shards.at(0, 8).get(5)?.last).toBe(9);
  expect(memoryOf(b).keyspaces.at(3).get(1)?.epoch).toBe(4);
  // The same numbers may stand for other groups there.
  expect(memoryOf(promoted).shards.at(0, 8).size).toBe(0);
  expect(memoryOf(promoted).keyspaces.at(3).size).toBe(0);
});
