/** Everything that clients do to a pair of servers, from when it is started to when they all have finished what they began. */
import { monotonicMs, type Random, seededRandom, systemClock } from "../../src/base/index.ts";
import { createTable } from "../crash/server-rounds.ts";
import { countersTable } from "../crash/server-writers.ts";
import { indexedTable } from "../crash/indexed-items.ts";
import { accountTables } from "../model/history-requests.ts";
import { runCatalogClient } from "./pair-catalog.ts";
import { checkContents } from "./pair-checks.ts";
import { PairHistory } from "./pair-history.ts";
import { newSharedCounts, type PairWriter, runWriter, type SharedCounts } from "./pair-writers.ts";
import { type CallLog, newCallLog, RetryingCaller } from "./retrying-caller.ts";
import { type ServerPair, stalenessMsMax } from "./server-pair.ts";
import { Beacon, beaconTable } from "./stale-reads.ts";

const writersCount = 8;
const historyClients = 5;
/** Longer than any failure lasts here. */
const giveUpMs = 90_000;
const pollMs = 10;

export async function createPairTables({ servers }: ServerPair): Promise<void> {
  const endpoint = servers[0]?.endpoint ?? "";
  await createTable(endpoint, indexedTable);
  for (const TableName of [countersTable, beaconTable, ...accountTables]) {
    await createTable(endpoint, { TableName });
  }
}

/** The writers of all rounds, which remember what they wrote. */
export class PairLoad {
  readonly log: CallLog = newCallLog();
  readonly counts: SharedCounts = newSharedCounts();
  readonly #pair: ServerPair;
  readonly #random: Random;
  readonly #writers: readonly PairWriter[];
  #runs = 0;

  constructor(pair: ServerPair, random: Random) {
    this.#pair = pair;
    this.#random = random;
    this.#writers = Array.from({ length: writersCount }, (_, index) => ({
      index,
      caller: this.#newCaller(),
      random: this.#newRandom(),
      items: new Map(),
      counts: new Map(),
      shared: this.counts,
      writes: 0,
    }));
  }

  /** Where clients find servers. */
  readonly endpoints: () => readonly string[] = () => this.#pair.servers.map(({ endpoint }) => endpoint);

  /** Until `stop`; a client that finds something wrong makes it reject. */
  start(): LoadRun {
    this.#runs += 1;
    const prefix = `run-${this.#runs}-`;
    const { endpoints } = this;
    const beacon = new Beacon({
      name: prefix,
      caller: this.#newCaller(),
      endpoints,
      random: this.#newRandom(),
      stalenessMsMax,
    });
    const history = new PairHistory({
      prefix,
      newCaller: () => this.#newCaller(),
      clientsCount: historyClients,
      random: this.#random,
    });
    const catalog = { caller: this.#newCaller(), prefix, problems: this.counts.problems, tables: 0 };
    for (const earlier of Object.values(this.log)) earlier.length = 0;
    this.counts.problems.length = 0;
    const state = { goOn: true };
    const goOn = (): boolean => state.goOn;
    const running = Promise.all([
      ...this.#writers.map((writer) => runWriter(writer, goOn)),
      history.run(goOn),
      beacon.run(goOn),
      runCatalogClient(catalog, goOn),
    ]);
    // Whoever waits for something else meanwhile is told at the end.
    running.catch(() => {
      state.goOn = false;
    });
    return {
      beacon,
      summary: () =>
        `${history.operations} operations with one order, ${catalog.tables} tables made and dropped, ` +
        `${this.counts.strongReads} strong reads of what was written elsewhere`,
      progress: (afterMs, callsMin) => this.#progress(running, { afterMs, callsMin }),
      stop: async () => {
        state.goOn = false;
        await running;
      },
      check: async () => {
        await this.#check(beacon, history);
      },
      [Symbol.asyncDispose]: async () => {
        state.goOn = false;
        await running.catch(() => undefined);
      },
    };
  }

  /** Resolves when so many calls that began after a moment were answered. */
  async #progress(
    running: Promise<unknown>,
    { afterMs, callsMin }: { readonly afterMs: number; readonly callsMin: number },
  ): Promise<void> {
    const untilMs = monotonicMs() + giveUpMs;
    while (this.log.calls.filter(({ startedMs }) => startedMs >= afterMs).length < callsMin) {
      if (monotonicMs() > untilMs) throw new Error(`no ${callsMin} calls were answered in ${giveUpMs} ms`);
      // Whichever comes first: a wrong answer must not wait.
      await Promise.race([running, systemClock().sleep(pollMs)]);
    }
  }

  /** What was found while it ran, and what is found when all stand still. */
  async #check(beacon: Beacon, history: PairHistory): Promise<void> {
    const problems = [...this.log.givenUp, ...this.counts.problems, ...beacon.stale.problems];
    if (problems.length > 0) throw new Error(problems.slice(0, 10).join("\n"));
    const found = await history.check();
    if (found.length > 0) throw new Error(found.join("\n"));
    const { servers } = this.#pair;
    const server = servers[this.#random.below(servers.length)];
    if (server !== undefined) await checkContents(server, this.#writers);
  }

  #newRandom(): Random {
    return seededRandom(this.#random.uint32());
  }

  #newCaller(): RetryingCaller {
    return new RetryingCaller({
      endpoints: this.endpoints,
      random: this.#newRandom(),
      log: this.log,
      giveUpMs,
    });
  }
}

export interface LoadRun extends AsyncDisposable {
  readonly beacon: Beacon;
  /** What the checks were about, for people. */
  summary(): string;
  progress(afterMs: number, callsMin: number): Promise<void>;
  stop(): Promise<void>;
  /** When it has stopped. Rejects with what is wrong. */
  check(): Promise<void>;
}
