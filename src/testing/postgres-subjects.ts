/** The PostgreSQL engine as a subject of the storage contract suites: one process, or several. */
import { seededRandom } from "../base/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { RemoteWrites, remotelyWriting, WriteHost } from "../storage/remote/index.ts";
import type { PostgresEngine } from "../storage/postgres/index.ts";
import { portPair } from "./port-pair.ts";
import type { PostgresPlace } from "./postgres-places.ts";
import { type PostgresTestStore, takePostgresStore } from "./postgres-stores.ts";
import { alternatingEngine } from "./several-engines-subject.ts";
import type { TwoEnginesSubject } from "./storage-contract/several-engines-contract.ts";
import type { StorageFixture, StorageOpenOptions, StorageSubject } from "./storage-contract/subject.ts";

export interface PostgresSubjectOptions {
  readonly place: () => Promise<PostgresPlace>;
  /** With one, all mutations of a process are decided in the order in which they came. Absent: several. */
  readonly heads?: number;
  readonly traits?: StorageSubject["traits"];
}

const severalHeads = 3;

/** One process. */
export function postgresSubject(name: string, options: PostgresSubjectOptions): StorageSubject {
  return subjectOf(name, options, { count: 1, join: ([engine]) => defined(engine) });
}

/** Two processes as one engine: each call goes through either of them, calls of one turn through the same. */
export function alternatingPostgres(
  name: string,
  options: PostgresSubjectOptions,
  seed: number,
): StorageSubject {
  const random = seededRandom(seed);
  const join = (engines: readonly PostgresEngine[]): Engine => alternatingEngine(engines, random);
  return subjectOf(`${name}, two engines`, options, { count: 2, join });
}

/** One process in two threads: one engine writes for both, and the other one is the subject. */
export function remotelyWritingPostgres(name: string, options: PostgresSubjectOptions): StorageSubject {
  return subjectOf(writingElsewhere(name), options, { count: 2, join: secondWritesThroughFirst });
}

/** Two processes with one store. */
export function twoPostgresEngines(name: string, options: PostgresSubjectOptions): TwoEnginesSubject {
  return pairOf(name, options, ([, second]) => defined(second));
}

/** The one that writes for both, and the other one. */
export function twoThreadsOfPostgres(name: string, options: PostgresSubjectOptions): TwoEnginesSubject {
  return pairOf(writingElsewhere(name), options, secondWritesThroughFirst);
}

/** What is closed by its own `close`, and before the engines it is made of. */
type Join = (engines: readonly PostgresEngine[]) => Engine;

function writingElsewhere(name: string): string {
  return `${name}, writing elsewhere`;
}

/** As threads of a server do it. */
function secondWritesThroughFirst([first, second]: readonly PostgresEngine[]): Engine {
  const [near, far] = portPair();
  new WriteHost(defined(first)).attach(far);
  return remotelyWriting(defined(second), new RemoteWrites({ port: near, onNews: () => undefined }));
}

function defined(engine: PostgresEngine | undefined): PostgresEngine {
  if (engine === undefined) throw new Error("as many engines are opened as are needed");
  return engine;
}

function pairOf(
  name: string,
  { place, heads = severalHeads }: PostgresSubjectOptions,
  joinSecond: Join,
): TwoEnginesSubject {
  return {
    name,
    open: async (options) => {
      const store = await takePostgresStore(await place(), heads);
      const engines = await openSeveral(store, options, 2);
      const second = joinSecond(engines);
      return {
        first: defined(engines[0]),
        second,
        dispose: async () => {
          await second.close();
          await closeAll(engines);
          await store.end();
        },
      };
    },
  };
}

interface Processes {
  readonly count: number;
  readonly join: Join;
}

function subjectOf(
  name: string,
  { place, heads = severalHeads, traits }: PostgresSubjectOptions,
  processes: Processes,
): StorageSubject {
  return {
    name,
    capabilities: { durable: true, replicas: false, multiProcess: true },
    ...(traits === undefined ? {} : { traits }),
    open: async (options) => openStore(await takePostgresStore(await place(), heads), options, processes),
  };
}

async function openStore(
  store: PostgresTestStore,
  options: StorageOpenOptions,
  { count, join }: Processes,
): Promise<StorageFixture> {
  const open = async (): Promise<{
    readonly engines: readonly PostgresEngine[];
    readonly joined: Engine;
  }> => {
    const engines = await openSeveral(store, options, count);
    return { engines, joined: join(engines) };
  };
  let now = await open();
  const again = async (leave: () => Promise<void>): Promise<Engine> => {
    await leave();
    now = await open();
    return now.joined;
  };
  const close = async (): Promise<void> => {
    await now.joined.close();
    await closeAll(now.engines);
  };
  return {
    engine: now.joined,
    reopen: () => again(close),
    crash: () =>
      again(async () => {
        for (const engine of now.engines) await store.abandon(engine);
      }),
    dispose: async () => {
      await close();
      await store.end();
    },
  };
}

function openSeveral(
  store: PostgresTestStore,
  options: StorageOpenOptions,
  count: number,
): Promise<readonly PostgresEngine[]> {
  return Promise.all(Array.from({ length: count }, () => store.open(options)));
}

async function closeAll(engines: readonly PostgresEngine[]): Promise<void> {
  await Promise.all(engines.map((engine) => engine.close()));
}
