/** What happens to a pair of servers and its database, one thing at a time, and how it is made good again. */
import { monotonicMs, type Random, systemClock } from "../../src/base/index.ts";
import type { CutDirection } from "../../src/testing/postgres-servers/tcp-proxy.ts";
import { type PairedServer, type ServerPair, stalenessMsMax } from "./server-pair.ts";

export type Fault = "primary" | "server" | "standby" | "cut" | "resets" | "all";

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
const unheardMs = 50;
const resetsCount = 20;
const betweenResetsMs = 100;

export function strike(pair: ServerPair, fault: Fault, random: Random): Promise<FaultEnd> {
  switch (fault) {
    case "primary":
      return killPrimary(pair, random);
    case "server":
      return killServer(pair, random);
    case "standby":
      return killStandby(pair, random);
    case "cut":
      return cutSome(pair, random);
    case "resets":
      return resetOften(pair);
    case "all":
      return killAll(pair);
  }
}

/**
 * And lets the standby that has most take its place; it comes back as a standby. Half of the primaries commit for a moment
 * without being heard before they die, so that servers have to find out what became of their commits.
 */
async function killPrimary({ postgres, servers }: ServerPair, random: Random): Promise<FaultEnd> {
  const old = postgres.primary;
  const isUnheard = random.below(2) === 0;
  const startedMs = monotonicMs();
  if (isUnheard) {
    for (const server of servers) server.cut("answers");
    await systemClock().sleep(unheardMs);
  }
  await old.kill();
  if (isUnheard) for (const server of servers) server.reset();
  const promoted = await postgres.promote();
  return {
    name: `primary ${old.name} killed${isUnheard ? " unheard" : ""}, ${promoted.name} promoted`,
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
  return cutFor(cut, { direction, ms: cutMs, isLost: random.below(2) === 0 });
}

/**
 * Connections to the database are reset again and again, after it was not heard for a moment: each time some commits have
 * landed whose answer nobody gets.
 */
async function resetOften({ servers }: ServerPair): Promise<FaultEnd> {
  const startedMs = monotonicMs();
  for (let times = 0; times < resetsCount; times += 1) {
    for (const server of servers) server.cut("answers");
    await systemClock().sleep(unheardMs);
    for (const server of servers) server.reset();
    await systemClock().sleep(betweenResetsMs);
  }
  return {
    name: `all connections to the database reset ${resetsCount} times`,
    startedMs,
    backMs: monotonicMs(),
    repair: async () => undefined,
  };
}

export interface Cut {
  readonly direction: CutDirection;
  readonly ms: number;
  /** What was on its way does not come later. */
  readonly isLost?: boolean;
}

export async function cutFor(
  servers: readonly PairedServer[],
  { direction, ms, isLost = false }: Cut,
): Promise<FaultEnd> {
  const startedMs = monotonicMs();
  for (const server of servers) server.cut(direction);
  await systemClock().sleep(ms);
  for (const server of servers) {
    if (isLost) server.reset();
    else server.restore();
  }
  const whose = servers.map(({ name }) => name).join(" and ");
  return {
    name: `network of ${whose} cut (${direction}) for ${ms} ms${isLost ? ", what was on its way lost" : ""}`,
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
