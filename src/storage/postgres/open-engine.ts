/** Opens a PostgreSQL store, or brings its tables to this version. */
import { type Clock, type Random, systemClock, systemRandom } from "../../base/index.ts";
import { type DecideRegistry, type ShardId, Watchers } from "../contract/index.ts";
import { Beats } from "./beats.ts";
import type { PostgresDriver, PostgresSession } from "./driver.ts";
import { type PostgresEngine, SessionEngine } from "./engine.ts";
import { NoPostgresStore, storageFailure } from "./failures.ts";
import { GroupWriter } from "./group-writer.ts";
import { HeadMap } from "./heads.ts";
import { endOrLimit } from "./limited-wait.ts";
import type { Layout } from "./layout.ts";
import { Members } from "./members.ts";
import {
  checkFormat,
  migrateStore,
  type PostgresMigration,
  readFacts,
  type StoreFacts,
} from "./migrations.ts";
import { oneServerLayout } from "./one-server.ts";
import { pgDriver } from "./pg-driver.ts";
import { Primary } from "./primary.ts";
import type { Ask } from "./reader.ts";
import { ReadAhead } from "./read-ahead.ts";
import { Reclaimer } from "./reclaimer.ts";
import { ExclusiveSessions, SharedSessions } from "./session-pools.ts";
import {
  defaultPostgresLimits,
  type PostgresLimits,
  type PostgresSettings,
  type ReplicaPolicy,
} from "./settings.ts";
import { spreadLayout } from "./spread-layout.ts";
import { Standbys } from "./standbys.ts";
import { storeMemory } from "./store-memory.ts";

export interface PostgresEngineOptions {
  readonly settings: PostgresSettings;
  readonly decide: DecideRegistry;
  /** Of timers, and of the data's times where `time` says so. */
  readonly clock: Clock;
  /** Which clock stamps commits and ends leases; several processes must not use their own. Absent: the database's. */
  readonly time?: "database" | "clock";
  /** Absent: `pg`. */
  readonly driver?: PostgresDriver;
  /** The primary is no longer found, or is again; the reason is for a person. */
  readonly onReachable?: (reachable: boolean, reason: string | undefined) => void;
}

/** Rejects with a StorageError: `unavailable`, `unsupported` (a format to be migrated, or newer), `corrupted`. */
export async function openPostgresEngine(options: PostgresEngineOptions): Promise<PostgresEngine> {
  try {
    return await open(options);
  } catch (error: unknown) {
    throw storageFailure(error, "opening the store");
  }
}

/** Makes the tables where there are none, or brings them to this version's format. */
export async function migratePostgresStore(
  options: Pick<PostgresEngineOptions, "settings" | "driver"> & { readonly heads?: number },
): Promise<PostgresMigration> {
  const { settings, heads } = options;
  try {
    return await migrateStore({
      settings,
      driver: driverOf(options),
      storeId: systemRandom().uuid(),
      ...(heads === undefined ? {} : { heads }),
    });
  } catch (error: unknown) {
    throw storageFailure(error, "migrating the store");
  }
}

/** What the parts of one engine share. */
interface Ground {
  readonly options: PostgresEngineOptions;
  readonly limits: PostgresLimits;
  readonly driver: PostgresDriver;
  readonly primary: Primary;
  readonly reads: SharedSessions;
  readonly writes: ExclusiveSessions;
  readonly map: HeadMap;
  readonly layout: Layout;
  readonly facts: StoreFacts;
  readonly memberId: string;
  readonly beats: Beats;
}

/** Real time, whatever the clock of the data says. */
const real: Clock = systemClock();
const random: Random = systemRandom();

async function open(options: PostgresEngineOptions): Promise<PostgresEngine> {
  const { settings, onReachable } = options;
  const limits = limitsOf(settings);
  const driver = driverOf(options);
  const { hosts } = settings.address;
  const primary = new Primary({ driver, hosts, connectMs: limits.connectMs, onReachable });
  const reads = new SharedSessions((events) => primary.connect(events), limits.readSessionsMax);
  const writes = new ExclusiveSessions((events) => primary.connect(events), limits.writeSessionsMax);
  const facts = await factsOf(reads, () => closeBoth(reads, writes));
  const map = new HeadMap(facts.heads);
  const layout = facts.isSpread ? spreadLayout(map) : oneServerLayout(map);
  const ids = { memberId: random.uuid(), beats: new Beats() };
  return openOn({ options, limits, driver, primary, reads, writes, map, layout, facts, ...ids });
}

async function openOn(ground: Ground): Promise<PostgresEngine> {
  const { options, limits, reads, writes, map, layout } = ground;
  const watching: Watchers = new Watchers(wakeAtOnce(() => watching));
  const members = membersOf(ground, (shards) => watching.wake(shards));
  const standbys = standbysOf(ground);
  const alone: Ask = (use) => useAlone(writes, use);
  const readAhead = new ReadAhead({
    map,
    touch: (keys) => reads.use((session) => layout.touchRecords(session, keys)),
  });
  const destroySessions = (): void => {
    for (const pool of [reads, standbys, writes]) pool.destroy();
  };
  try {
    await members.open();
  } catch (error: unknown) {
    members.destroy();
    await closeBoth(reads, writes);
    throw error;
  }
  return new SessionEngine(
    {
      ...layout.readers(alone),
      ask: { strong: onPrimary(ground), eventual: standbys.ask },
      askAlone: alone,
      writer: writerOf(ground, { members, readAhead }),
      readAhead,
      members,
      reclaimer: new Reclaimer(map, layout, layout.patient(alone)),
      clock: options.clock,
      hasOwnTime: options.time === "clock",
      random,
      hasReplicas: policyOf(ground) !== "primary" && options.settings.address.hosts.length > 1,
      standbys,
      closeSessions: () =>
        endOrLimit(Promise.all([closeBoth(reads, writes), standbys.close()]), {
          timers: real,
          limitMs: limits.connectMs,
          onLate: destroySessions,
        }),
      destroySessions,
    },
    watching,
  );
}

function membersOf(
  { limits, primary, reads, map, layout, facts, memberId, beats }: Ground,
  onGrown: (shards: readonly ShardId[]) => void,
): Members {
  return new Members({
    id: memberId,
    channel: `stator_${facts.storeId.replaceAll("-", "_")}`,
    map,
    layout,
    primary,
    reads,
    membershipMs: limits.membershipMs,
    beatMs: Math.min(limits.membershipMs, limits.staleMsMax) / 4,
    goodbyeMs: limits.connectMs,
    beats,
    onGrown,
    timers: real,
  });
}

function standbysOf(ground: Ground): Standbys {
  const { options, limits, driver, primary, memberId, beats } = ground;
  return new Standbys({
    driver,
    hosts: options.settings.address.hosts,
    primary,
    onPrimary: onPrimary(ground),
    policy: policyOf(ground),
    sessionsMax: limits.readSessionsMax,
    staleMsMax: limits.staleMsMax,
    memberId,
    beats,
    random,
  });
}

function writerOf(
  { options, limits, primary, writes, map, layout, memberId }: Ground,
  { members, readAhead }: { readonly members: Members; readonly readAhead: ReadAhead },
): GroupWriter {
  return new GroupWriter({
    tools: {
      map,
      layout,
      decide: options.decide,
      clock: options.time === "clock" ? options.clock : undefined,
      memoryOf: storeMemory((session) => primary.serverOf(session)),
      memberId,
      readAhead,
    },
    sessions: writes,
    random,
    waitingMax: limits.waitingMax,
    waitMs: limits.answerMs,
    resolveMs: limits.resolveMs,
    timers: real,
    onCommitted: (news) => members.committed(news),
  });
}

function onPrimary({ layout, reads }: Ground): Ask {
  return layout.patient((use) => reads.use(use));
}

function policyOf({ layout, options }: Ground): ReplicaPolicy {
  return layout.replicas(options.settings.replicas);
}

async function closeBoth(reads: SharedSessions, writes: ExclusiveSessions): Promise<void> {
  await Promise.all([reads.close(), writes.close()]);
}

async function factsOf(reads: SharedSessions, close: () => Promise<void>): Promise<StoreFacts> {
  try {
    const facts = await reads.use((session) => readFacts(session));
    if (facts === undefined) {
      throw new NoPostgresStore();
    }
    checkFormat(facts);
    return facts;
  } catch (error: unknown) {
    await close();
    throw error;
  }
}

/** A shard needs nothing to be watched: its first watcher is woken once, as any other. */
function wakeAtOnce(watchers: () => Watchers): ConstructorParameters<typeof Watchers>[0] {
  return {
    watch: (shard: ShardId) => watchers().wake([shard]),
    unwatch: () => undefined,
  };
}

async function useAlone<T>(
  sessions: ExclusiveSessions,
  use: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const session = await sessions.take();
  try {
    const answer = await use(session);
    sessions.giveBack(session);
    return answer;
  } catch (error: unknown) {
    // It may be in the middle of something.
    sessions.drop(session);
    throw error;
  }
}

function driverOf({ driver, settings }: Pick<PostgresEngineOptions, "driver" | "settings">): PostgresDriver {
  return driver ?? pgDriver(settings.address, limitsOf(settings));
}

function limitsOf({ limits }: PostgresSettings): PostgresLimits {
  return { ...defaultPostgresLimits, ...limits };
}
