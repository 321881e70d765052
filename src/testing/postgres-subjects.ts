/** The PostgreSQL engine as a subject of the storage contract suites: one process, or several. */
import { type Random, seededRandom } from "../base/index.ts";
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
  return subjectOf(name, options, { count: 1, random: seededRandom(0) });
}

/** Two processes as one engine: each call goes through either of them, calls of one turn through the same. */
export function alternatingPostgres(
  name: string,
  options: PostgresSubjectOptions,
  seed: number,
): StorageSubject {
  return subjectOf(`${name}, two engines`, options, { count: 2, random: seededRandom(seed) });
}

/** Two processes with one store. */
export function twoPostgresEngines(
  name: string,
  { place, heads = severalHeads }: PostgresSubjectOptions,
): TwoEnginesSubject {
  return {
    name,
    open: async (options) => {
      const store = await takePostgresStore(await place(), heads);
      const [first, second] = await openTwo(store, options);
      return {
        first,
        second,
        dispose: async () => {
          await closeAll([first, second]);
          await store.end();
        },
      };
    },
  };
}

/** One process in two threads: one engine writes for both, and the other one is the subject. */
export function remotelyWritingPostgres(name: string, options: PostgresSubjectOptions): StorageSubject {
  const processes = { count: 2, random: seededRandom(0), isSplit: true };
  return subjectOf(`${name}, writing elsewhere`, options, processes);
}

/** The one that writes for both, and the other one. */
export function twoThreadsOfPostgres(
  name: string,
  { place, heads = severalHeads }: PostgresSubjectOptions,
): TwoEnginesSubject {
  return {
    name: `${name}, writing elsewhere`,
    open: async (options) => {
      const store = await takePostgresStore(await place(), heads);
      const [first, second] = await openTwo(store, options);
      const remote = writingThrough(first, second);
      return {
        first,
        second: remote,
        dispose: async () => {
          await remote.close();
          await first.close();
          await store.end();
        },
      };
    },
  };
}

/** As threads of a server do it: closed before the one that writes. */
function writingThrough(writing: PostgresEngine, reading: PostgresEngine): Engine {
  const [near, far] = portPair();
  new WriteHost(writing).attach(far);
  return remotelyWriting(reading, new RemoteWrites({ port: near, onNews: () => undefined }));
}

async function openTwo(
  store: PostgresTestStore,
  options: StorageOpenOptions,
): Promise<readonly [PostgresEngine, PostgresEngine]> {
  const [first, second] = await openSeveral(store, options, 2);
  if (first === undefined || second === undefined) throw new Error("there are two engines");
  return [first, second];
}

interface Processes {
  readonly count: number;
  readonly random: Random;
  /** They are threads of one process. */
  readonly isSplit?: boolean;
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
  { count, random, isSplit = false }: Processes,
): Promise<StorageFixture> {
  let engines: readonly PostgresEngine[] = [];
  let remote: Engine | undefined;
  const opened = async (): Promise<Engine> => {
    if (isSplit) {
      const [first, second] = await openTwo(store, options);
      engines = [first, second];
      remote = writingThrough(first, second);
      return remote;
    }
    engines = await openSeveral(store, options, count);
    const [first] = engines;
    return first !== undefined && engines.length === 1 ? first : alternatingEngine(engines, random);
  };
  return {
    engine: await opened(),
    reopen: async () => {
      await remote?.close();
      await closeAll(engines);
      return opened();
    },
    crash: async () => {
      for (const engine of engines) await store.abandon(engine);
      return opened();
    },
    dispose: async () => {
      await remote?.close();
      await closeAll(engines);
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
