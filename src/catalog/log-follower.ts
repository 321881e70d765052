/**
 * Keeps one catalog's cache in step with the store, whoever changes tables. Every commit of the catalog appends to
 * its log; a follower that sees the log's signal changed reads what is new. Only own answers come another way.
 *
 * Order: the signal is read before the log, and the log before the tables. So what is committed meanwhile is either
 * in what is read or makes another signal, and then the catalog is not current.
 */
import { assert, type PacedWork, type TurnPacer } from "../base/index.ts";
import type { Engine, LogRecord } from "../storage/contract/index.ts";
import { loadTables } from "./load-tables.ts";
import { decodeStates, type LoggedState } from "./logged-states.ts";
import { allocatorKey, catalogShard, decodeTable, lastKeyspace, tableKey } from "./records.ts";
import type { TableCache } from "./table-cache.ts";

export interface FollowerOptions {
  readonly engine: Engine;
  readonly cache: TableCache;
  readonly pacer: TurnPacer;
}

/** Records of the log read at once. */
const logPageRecords = 100;
/** Table records read at once: a slice of about half a millisecond. */
const tablesPerRead = 50;
/** Whoever is further behind than the records that are kept loads all tables. */
const keptRecords = 1000;
/** Trimming is a commit of its own, so it is done for many records at once. */
const trimmedAtOnce = 1000;

interface Run {
  /** Commits that were answered before this signal was read are in what the run reads. */
  readonly signal: number;
  readonly end: Promise<void>;
}

export class LogFollower {
  readonly #engine: Engine;
  readonly #cache: TableCache;
  readonly #pacer: TurnPacer;
  /** Of the last run that succeeded. */
  #signal: number | undefined;
  /** Position of the last log record the cache has taken in. */
  #position = 0;
  /** Through this position the log was trimmed, as far as is known here. */
  #trimmed = 0;
  #running: Run | undefined;
  /** Follows the run that is under way; shared by all who came too late for that one. */
  #next: Promise<void> | undefined;

  constructor({ engine, cache, pacer }: FollowerOptions) {
    this.#engine = engine;
    this.#cache = cache;
    this.#pacer = pacer;
  }

  isCurrent(): boolean {
    return this.#engine.logSignal(catalogShard) === this.#signal;
  }

  /** Loads all tables. Once, before anything else. */
  load(): Promise<void> {
    return this.#run((work) => this.#reload(work)).end;
  }

  /**
   * Resolves when the cache shows every change that was answered before the call; waits for two runs at most.
   * Rejects with a StorageError; then the cache is as current as before or more, and the next call tries again.
   */
  catchUp(): Promise<void> {
    if (this.isCurrent()) return Promise.resolve();
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#follow();
    if (this.#running.signal === this.#engine.logSignal(catalogShard)) return this.#running.end;
    this.#next = this.#followAfter(this.#running);
    return this.#next;
  }

  /** Forgets records that only a follower far behind would read. For a catalog that is current. */
  async trim(): Promise<void> {
    const through = this.#position - keptRecords;
    if (through - this.#trimmed < trimmedAtOnce) return;
    await this.#engine.trimLog(catalogShard, through);
    this.#trimmed = through;
  }

  #follow(): Promise<void> {
    return this.#run((work) => this.#readLog(work)).end;
  }

  async #followAfter({ end }: Run): Promise<void> {
    // A run that fails fails those who wait for it alone.
    await Promise.allSettled([end]);
    this.#next = undefined;
    if (!this.isCurrent()) await this.#follow();
  }

  #run(read: (work: PacedWork) => Promise<void>): Run {
    assert(this.#running === undefined, "one run at a time");
    const signal = this.#engine.logSignal(catalogShard);
    this.#running = { signal, end: this.#finish(signal, read) };
    return this.#running;
  }

  async #finish(signal: number, read: (work: PacedWork) => Promise<void>): Promise<void> {
    const work = this.#pacer.resume();
    try {
      await read(work);
      this.#signal = signal;
    } finally {
      work.end();
      this.#running = undefined;
    }
  }

  /** To where the log ends now: it may grow faster than it is read. */
  async #readLog(work: PacedWork): Promise<void> {
    const { last } = await this.#engine.logEnd(catalogShard);
    while (this.#position < last) {
      const page = await this.#engine.readLog(catalogShard, this.#position, logPageRecords);
      // Records that are trimmed while they are read may leave a gap.
      if (page.kind === "trimmed" || page.records[0]?.position !== this.#position + 1) {
        await this.#reload(work);
        return;
      }
      await this.#takeIn(page.records, work);
      this.#position += page.records.length;
    }
  }

  async #takeIn(records: readonly LogRecord[], work: PacedWork): Promise<void> {
    const newest = new Map<string, LoggedState>();
    for (const { value } of records) {
      for (const state of decodeStates(value)) {
        newest.set(`${state.namespace.account}\0${state.namespace.region}\0${state.name}`, state);
      }
      await breath(work);
    }
    const changed: LoggedState[] = [];
    for (const state of newest.values()) {
      if (state.epoch === undefined) this.#cache.forget(state);
      else if (!this.#cache.knows(state)) changed.push(state);
    }
    for (let from = 0; from < changed.length; from += tablesPerRead) {
      await this.#readTables(changed.slice(from, from + tablesPerRead));
      await breath(work);
    }
  }

  /** The records, read after the log, are in the logged state or a later one. */
  async #readTables(states: readonly LoggedState[]): Promise<void> {
    const keys = states.map(({ namespace, name }) => tableKey(namespace, name));
    const records = await this.#engine.getMany(keys, "strong");
    for (const [index, state] of states.entries()) {
      const record = records[index];
      if (record === undefined) this.#cache.forget(state);
      else this.#cache.learn(decodeTable(record));
    }
  }

  async #reload(work: PacedWork): Promise<void> {
    const { last, oldest } = await this.#engine.logEnd(catalogShard);
    // Tables made from here on are none of this load's: the log tells of them.
    const through = lastKeyspace(await this.#engine.get(allocatorKey, "strong"));
    const present = new Set<number>();
    for await (const tables of loadTables(this.#engine)) {
      for (const table of tables) {
        this.#cache.learn(table);
        present.add(table.keyspace);
      }
      await breath(work);
    }
    this.#cache.keepOnly(present, through);
    this.#position = last;
    this.#trimmed = oldest - 1;
  }
}

/** Lets others in when this slice has lasted long enough. */
async function breath(work: PacedWork): Promise<void> {
  if (!work.sliceOver()) return;
  const outcome = await work.turn();
  assert(outcome === "granted", "work that was resumed is not refused");
}
