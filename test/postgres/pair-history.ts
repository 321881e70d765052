/**
 * Clients that transfer money through two servers, and whose history must have one order whatever happens to servers and
 * database meanwhile. What got no answer may have happened or not, as a whole.
 */
import type { Random } from "../../src/base/index.ts";
import { seededRandom } from "../../src/base/index.ts";
import { runClient } from "../model/history-actions.ts";
import { checkHistory } from "../model/history-checker.ts";
import { lookForCoin, placeCoin } from "../model/history-coin.ts";
import { finalHistory, type HistoryClient, SharedHistory } from "../model/history-load.ts";
import { type Body, callsOf } from "../model/history-requests.ts";
import { HistoryRecorder } from "../model/history.ts";
import type { RetryingCaller } from "./retrying-caller.ts";

/** Acknowledged transactions that are asked for again: the newest, which are those of the failure. */
const repeatedMax = 40;

export interface PairHistoryOptions {
  /** Sets its names apart from those of other histories. */
  readonly prefix: string;
  readonly newCaller: () => RetryingCaller;
  readonly clientsCount: number;
  readonly random: Random;
}

export class PairHistory {
  readonly #shared: SharedHistory;
  readonly #clients: readonly HistoryClient[];

  constructor({ prefix, newCaller, clientsCount, random }: PairHistoryOptions) {
    const shared = new SharedHistory({ recorder: new HistoryRecorder(), prefix, alwaysTokens: true });
    this.#shared = shared;
    this.#clients = Array.from({ length: clientsCount }, () => ({
      shared,
      random: seededRandom(random.uint32()),
      ...callsOf(newCaller(), newCaller()),
    }));
  }

  get operations(): number {
    return this.#shared.options.recorder.operations.length;
  }

  async run(goOn: () => boolean): Promise<void> {
    await placeCoin(this.#first, this.#first.call);
    await Promise.all(
      this.#clients.map(async (client) => {
        // Who got no answer goes on with something else.
        while (goOn()) await runClient(client, goOn);
      }),
    );
  }

  /** Contradictions, one sentence each. */
  async check(): Promise<readonly string[]> {
    await lookForCoin(this.#first);
    const { problems } = this.#shared;
    return [...(await this.#repeat()), ...problems, ...checkHistory(await finalHistory(this.#first))];
  }

  /** If one of them were done again, trails would show it twice. */
  async #repeat(): Promise<readonly string[]> {
    const { requests, options } = this.#shared;
    const done = options.recorder.operations.filter(({ end, name }) => end === "done" && requests.has(name));
    const problems: string[] = [];
    for (const { name } of done.slice(-repeatedMax)) {
      const { status } = await this.#first.call("TransactWriteItems", requests.get(name) as Body);
      if (status !== 200) problems.push(`${name} was done, and is answered ${status} when asked for again`);
    }
    return problems;
  }

  get #first(): HistoryClient {
    const [first] = this.#clients;
    if (first === undefined) throw new Error("there are clients");
    return first;
  }
}
