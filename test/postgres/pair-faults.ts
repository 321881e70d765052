/** What happens to a pair of servers and its database, one thing at a time, and how it is made good again. */
import { monotonicMs, type Random, systemClock } from "../../src/base/index.ts";
import type { CutDirection } from "../../src/testing/postgres-servers/tcp-proxy.ts";
import { type PairedServer, type ServerPair, stalenessMsMax } from "./server-pair.ts";

export type Fault = "primary" | "server" | "standby" | "cut" | "all";

export interface FaultEnd {
  /** For people. */
  readonly name: string;
  readonly startedMs: number;
  /** From then on everything that clients need was there. */
  readonly backMs: number;
  /** What is still to be made good, under load. */
  readonly repair: () => Promise<void>;
}

const serverDownMs = 300;
const standbyDownMs = 1000;
const cutMs = 3000;

export function strike(pair: ServerPair, fault: Fault, random: Random): Promise<FaultEnd> {
  switch (fault) {
    case "primary":
      return killPrimary(pair);
    case "server":
      return killServer(pair, random);
    case "standby":
      return killStandby(pair, random);
    case "cut":
      return cutSome(pair, random);
    case "all":
      return killAll(pair);
  }
}

/** And lets the standby that has most take its place; it comes back as a standby. */
async function killPrimary({ postgres }: ServerPair): Promise<FaultEnd> {
  const old = postgres.primary;
  const startedMs = monotonicMs();
  await old.kill();
  const promoted = await postgres.promote();
  return {
    name: `primary ${old.name} killed, ${promoted.name} promoted`,
    startedMs,
    backMs: monotonicMs(),
    repair: async () => {
      await postgres.rejoin(old);
    },
  };
}

/** While a standby that eventually consistent reads may go to shows nothing new. */
async function killServer({ postgres, servers }: ServerPair, random: Random): Promise<FaultEnd> {
  const server = pick(servers, random);
  const standby = pick(postgres.standbys, random);
  await postgres.pauseReplay(standby);
  // What it answers grows as old as it may.
  await systemClock().sleep(stalenessMsMax);
  const startedMs = monotonicMs();
  await server.kill();
  return {
    name: `server with ${server.name} killed, replay of ${standby.name} paused`,
    startedMs,
    // The other one is there.
    backMs: monotonicMs(),
    repair: async () => {
      await systemClock().sleep(serverDownMs);
      await server.start();
      await postgres.resumeReplay(standby);
    },
  };
}

async function killStandby({ postgres }: ServerPair, random: Random): Promise<FaultEnd> {
  const node = pick(postgres.standbys, random);
  const startedMs = monotonicMs();
  await node.kill();
  return {
    name: `standby ${node.name} killed`,
    startedMs,
    backMs: monotonicMs(),
    repair: async () => {
      await systemClock().sleep(standbyDownMs);
      await node.start();
      await postgres.caughtUp();
    },
  };
}

/** Both servers and the primary at once: nobody is left who knows what was under way. */
async function killAll(pair: ServerPair): Promise<FaultEnd> {
  const { postgres, servers } = pair;
  const old = postgres.primary;
  const startedMs = monotonicMs();
  await Promise.all([old.kill(), ...servers.map((server) => server.kill())]);
  const promoted = await postgres.promote();
  await Promise.all(servers.map((server) => server.start()));
  return {
    name: `both servers and primary ${old.name} killed, ${promoted.name} promoted`,
    startedMs,
    backMs: monotonicMs(),
    repair: async () => {
      await postgres.rejoin(old);
    },
  };
}

/** Between the database and both servers, or one of them; both ways, or one way only. */
async function cutSome({ servers }: ServerPair, random: Random): Promise<FaultEnd> {
  const directions: readonly CutDirection[] = ["both", "requests", "answers"];
  const direction = pick(directions, random);
  const cut = random.below(2) === 0 ? servers : [pick(servers, random)];
  return cutFor(cut, { direction, ms: cutMs });
}

export async function cutFor(
  servers: readonly PairedServer[],
  { direction, ms }: { readonly direction: CutDirection; readonly ms: number },
): Promise<FaultEnd> {
  const startedMs = monotonicMs();
  for (const server of servers) server.cut(direction);
  await systemClock().sleep(ms);
  for (const server of servers) server.restore();
  return {
    name: `network of ${servers.map(({ name }) => name).join(" and ")} cut (${direction}) for ${ms} ms`,
    startedMs,
    backMs: monotonicMs(),
    repair: async () => undefined,
  };
}

function pick<T>(from: readonly T[], random: Random): T {
  const picked = from[random.below(from.length)];
  if (picked === undefined) throw new Error("there is something to pick from");
  return picked;
}
