// Finding the primary among hosts that change their roles.
import { describe, expect, test } from "vitest";
import {
  PostgresConnectionError,
  type PostgresDriver,
  PostgresError,
  type PostgresHost,
  type PostgresSession,
  type PostgresSessionEvents,
} from "./driver.ts";
import { Primary } from "./primary.ts";

interface FakeHost {
  role: "primary" | "standby" | "gone" | "mute";
  startedAt: string;
  timeline: string;
}

class FakeCluster implements PostgresDriver {
  readonly nodes: ReadonlyMap<string, FakeHost>;
  readonly open = new Set<PostgresSession>();
  tries: string[] = [];

  constructor(nodes: Readonly<Record<string, FakeHost["role"]>>) {
    this.nodes = new Map(
      Object.entries(nodes).map(([name, role]) => [
        name,
        { role, startedAt: `${name}, first run`, timeline: "00000001" },
      ]),
    );
  }

  get hosts(): readonly PostgresHost[] {
    return [...this.nodes.keys()].map((host) => ({ host, port: 5432 }));
  }

  node(name: string): FakeHost {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  async connect({ host }: PostgresHost, events: PostgresSessionEvents = {}): Promise<PostgresSession> {
    this.tries.push(host);
    const node = this.node(host);
    if (node.role === "gone") throw new PostgresConnectionError(`${host} is gone`);
    let fail: (error: Error) => void = () => undefined;
    const end = (): void => {
      if (!this.open.delete(session)) return;
      events.onEnd?.(undefined);
      fail(new PostgresConnectionError("the session was ended"));
    };
    const session: PostgresSession = {
      query: () =>
        node.role === "mute"
          ? new Promise((_, reject) => {
              fail = reject;
            })
          : Promise.resolve({
              command: "SELECT",
              rowCount: 1,
              rows: [[node.role === "standby" ? "t" : "f", node.startedAt, "on", null, node.timeline]],
            }),
      script: async () => undefined,
      close: async () => end(),
      destroy: end,
    };
    this.open.add(session);
    return session;
  }
}

function primaryOf(cluster: FakeCluster, told: (boolean | string | undefined)[] = []): Primary {
  return new Primary({
    driver: cluster,
    hosts: cluster.hosts,
    connectMs: 20,
    onReachable: (reachable, reason) => told.push(reachable, reason),
  });
}

test("the host that is no standby is found, and asked first from then on", async () => {
  const cluster = new FakeCluster({ a: "standby", b: "primary", c: "gone" });
  const primary = primaryOf(cluster);
  await primary.connect();
  expect(primary.host).toEqual({ host: "b", port: 5432 });
  cluster.tries = [];
  await primary.connect();
  expect(cluster.tries).toEqual(["b"]);
  expect(cluster.open.size).toBe(2);
});

test("after a failover the new one is found, and the owner of its session hears nothing of those tried", async () => {
  const cluster = new FakeCluster({ a: "primary", b: "standby" });
  const primary = primaryOf(cluster);
  await primary.connect();
  const before = cluster.open.size;
  cluster.node("a").role = "standby";
  cluster.node("b").role = "primary";
  const ends: unknown[] = [];
  const session = await primary.connect({ onEnd: (error) => ends.push(error) });
  expect([ends, cluster.open.size - before]).toEqual([[], 1]);
  session.destroy();
  expect(ends).toEqual([undefined]);
});

test("of two that are no standbys the one that was promoted last is taken", async () => {
  for (const names of [
    ["old", "new"],
    ["new", "old"],
  ]) {
    const cluster = new FakeCluster(Object.fromEntries(names.map((name) => [name, "primary"])));
    cluster.node("new").timeline = "0000000A";
    cluster.node("old").timeline = "00000009";
    const primary = primaryOf(cluster);
    await primary.connect();
    expect(primary.host?.host).toBe("new");
  }
});

test("which run of which server answers is known of each session", async () => {
  const cluster = new FakeCluster({ a: "primary" });
  const primary = primaryOf(cluster);
  const first = await primary.connect();
  cluster.node("a").startedAt = "a, second run";
  const second = await primary.connect();
  expect([first, second].map((session) => primary.serverOf(session))).toEqual([
    "a, first run",
    "a, second run",
  ]);
});

describe("no primary", () => {
  test("is told with every host's reason, and to those who ask soon without asking again", async () => {
    const cluster = new FakeCluster({ a: "standby", b: "gone" });
    const told: (boolean | string | undefined)[] = [];
    const primary = primaryOf(cluster, told);
    const reason = "no primary is found: a:5432 is a standby; b is gone";
    await expect(primary.connect()).rejects.toThrow(reason);
    cluster.tries = [];
    await expect(primary.connect()).rejects.toThrow(reason);
    expect([cluster.tries, told, cluster.open.size]).toEqual([[], [false, reason], 0]);
  });

  test("of one host is known when that does not answer", async () => {
    const cluster = new FakeCluster({ a: "primary" });
    const told: (boolean | string | undefined)[] = [];
    const primary = primaryOf(cluster, told);
    await primary.connect();
    cluster.tries = [];
    cluster.node("a").role = "gone";
    await expect(primary.connect()).rejects.toThrow("a is gone");
    expect([cluster.tries, told[0]]).toEqual([["a"], false]);
  });

  test("is also a host that lets one in and says nothing", async () => {
    const cluster = new FakeCluster({ a: "mute" });
    await expect(primaryOf(cluster).connect()).rejects.toThrow("no primary is found");
    expect(cluster.open.size).toBe(0);
  });

  test("is searched for once, however many ask", async () => {
    const cluster = new FakeCluster({ a: "gone", b: "gone" });
    const primary = primaryOf(cluster);
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => primary.connect()));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(cluster.tries).toEqual(["a", "b"]);
  });
});

test("a login that is refused is told as it was", async () => {
  const refused = new PostgresError("28P01", "wrong password");
  const driver: PostgresDriver = { connect: () => Promise.reject(refused) };
  const primary = new Primary({
    driver,
    hosts: [{ host: "a", port: 1 }],
    connectMs: 20,
    onReachable: undefined,
  });
  await expect(primary.connect()).rejects.toThrow("wrong password");
});
