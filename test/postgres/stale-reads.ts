/**
 * How old eventually consistent reads are. A number that one client raises again and again is read through both servers:
 * who finds an old one missed those that had been acknowledged before the read began, and is as old as the first of them.
 */
import { apiCall } from "../../bench/api-call.ts";
import { monotonicMs, type Random, systemClock } from "../../src/base/index.ts";
import type { RetryingCaller } from "./retrying-caller.ts";

export const beaconTable = "beacon";

export interface StaleReads {
  reads: number;
  /** Ages of reads that missed something, in ms. */
  readonly agesMs: number[];
  failed: number;
  readonly problems: string[];
}

export interface BeaconOptions {
  /** Its key. */
  readonly name: string;
  readonly caller: RetryingCaller;
  readonly endpoints: () => readonly string[];
  readonly random: Random;
  /** Nothing is older. */
  readonly stalenessMsMax: number;
}

const raiseEveryMs = 10;
const readersCount = 2;
/** At least; a read follows each number at once, when standbys may not have it yet. */
const readEveryMs = 50;

export class Beacon {
  readonly stale: StaleReads = { reads: 0, agesMs: [], failed: 0, problems: [] };
  readonly #options: BeaconOptions;
  /** When each number was acknowledged. */
  readonly #acknowledgedMs: number[] = [];
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: BeaconOptions) {
    this.#options = options;
  }

  async run(goOn: () => boolean): Promise<void> {
    const readers = Array.from({ length: readersCount }, () => this.#read(goOn));
    await Promise.all([this.#raise(goOn), ...readers]);
  }

  async #raise(goOn: () => boolean): Promise<void> {
    const { name, caller, random } = this.#options;
    while (goOn()) {
      const number = this.#acknowledgedMs.length;
      const Item = { pk: { S: name }, n: { N: String(number) } };
      // Once more does no harm: nobody else writes it.
      const { status, body } = await caller.call("PutItem", { TableName: beaconTable, Item }, true);
      if (status !== 200) throw new Error(`PutItem: ${status} ${JSON.stringify(body)}`);
      this.#acknowledgedMs.push(monotonicMs());
      this.#next.resolve();
      this.#next = Promise.withResolvers();
      if (random.below(2) === 0) caller.turn();
      await systemClock().sleep(raiseEveryMs);
    }
  }

  async #read(goOn: () => boolean): Promise<void> {
    const { name, endpoints, random } = this.#options;
    const request = { TableName: beaconTable, Key: { pk: { S: name } } };
    while (goOn()) {
      const all = endpoints();
      const startedMs = monotonicMs();
      const answer = await apiCall(all[random.below(all.length)] ?? "", "GetItem", request).catch(
        () => undefined,
      );
      if (answer?.status === 200) this.#judge(answer.body["Item"], startedMs);
      else this.stale.failed += 1;
      await Promise.race([this.#next.promise, systemClock().sleep(readEveryMs)]);
    }
  }

  /** The read misses the next number, unless that was acknowledged after it began. */
  #judge(item: unknown, startedMs: number): void {
    const number = Number((item as { readonly n?: { readonly N: string } } | undefined)?.n?.N ?? -1);
    const missedMs = this.#acknowledgedMs[number + 1] ?? Infinity;
    this.stale.reads += 1;
    const ageMs = startedMs - missedMs;
    if (ageMs <= 0) return;
    this.stale.agesMs.push(ageMs);
    if (ageMs > this.#options.stalenessMsMax) {
      this.stale.problems.push(`an eventually consistent read of ${number} was ${Math.round(ageMs)} ms old`);
    }
  }
}
