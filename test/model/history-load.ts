/**
 * What the clients of one history share, and how each of their operations is sent and taken down. Accounts change to
 * new ones after some hundred writes, so that trails stay short and items are made under way.
 */
import type { Random } from "../../src/base/index.ts";
import { type Body, type Call, type CallAnswer, seenOf, tableOf } from "./history-requests.ts";
import {
  type History,
  type HistoryRecorder,
  type Operation,
  type OperationResult,
  type Seen,
} from "./history.ts";

/** A read transaction takes more than one look for so many. */
const accountsEach = 12;
/** To one set of accounts, before the next one is opened. */
const writesEach = 200;

export interface SharedHistoryOptions {
  readonly recorder: HistoryRecorder;
  /** Sets its names and accounts apart from those of other histories in the same tables. */
  readonly prefix: string;
  /** Whether every write transaction has a token; otherwise some have. */
  readonly alwaysTokens: boolean;
}

export class SharedHistory {
  readonly options: SharedHistoryOptions;
  /** Write transactions with a token, by name. */
  readonly requests: Map<string, Body> = new Map();
  /** How often what ended how. */
  readonly ends: Map<string, number> = new Map();
  /** Contradictions that need no checker. */
  readonly problems: string[] = [];
  #writes = 0;
  #names = 0;

  constructor(options: SharedHistoryOptions) {
    this.options = options;
  }

  newName(): string {
    this.#names += 1;
    return `${this.options.prefix}${this.#names}`;
  }

  ended(what: string, { end }: Pick<OperationResult, "end">, writes: number): void {
    const text = `${what} ${end}`;
    this.ends.set(text, (this.ends.get(text) ?? 0) + 1);
    if (end === "done") this.#writes += writes;
  }

  /** Mostly the newest. */
  accounts(random: Random): readonly string[] {
    const newest = Math.floor(this.#writes / writesEach);
    return this.#accountsOf(random.below(5) === 0 ? Math.max(0, newest - 1) : newest);
  }

  allAccounts(): readonly (readonly string[])[] {
    const generations = Math.floor(this.#writes / writesEach) + 1;
    return Array.from({ length: generations }, (_, generation) => this.#accountsOf(generation));
  }

  #accountsOf(generation: number): readonly string[] {
    const { prefix } = this.options;
    return Array.from({ length: accountsEach }, (_, index) => `${prefix}-${generation}-${index}`);
  }
}

export interface HistoryClient {
  readonly shared: SharedHistory;
  readonly random: Random;
  readonly call: Call;
  /** Another connection, preferably to another router. */
  readonly otherCall: Call;
}

export interface Attempt extends Pick<Operation, "name" | "appends"> {
  /** For the tally. */
  readonly what: string;
  readonly isolation?: Operation["isolation"];
  readonly sum?: number;
  /** What its conditions demand. */
  readonly before?: readonly Seen[];
  readonly send: () => Promise<CallAnswer>;
  readonly result: (answer: CallAnswer) => OperationResult;
}

/** The connection broke; what was under way is taken down as unknown. */
export class NoAnswer extends Error {}

export async function attempt({ shared }: HistoryClient, what: Attempt): Promise<OperationResult> {
  const { recorder } = shared.options;
  const startedAt = recorder.begin();
  const { name, appends, before = [], sum } = what;
  const record = (result: OperationResult): void => {
    recorder.end({
      name,
      startedAt,
      appends,
      isolation: what.isolation ?? "serializable",
      ...(sum === undefined ? {} : { sum }),
      ...result,
    });
    shared.ended(what.what, result, appends.length);
  };
  let answer: CallAnswer;
  try {
    answer = await what.send();
  } catch (error: unknown) {
    record({ end: "unknown", seen: before });
    throw new NoAnswer(`${name} got no answer`, { cause: error });
  }
  const result = what.result(answer);
  record(result);
  return result;
}

/** Strong reads of all accounts when everything is over, taken down like any other. */
export async function finalHistory(client: HistoryClient): Promise<History> {
  const { recorder } = client.shared.options;
  const final = new Map<string, Seen>();
  for (const key of client.shared.allAccounts().flat()) {
    const { seen } = await readAccount(client, key);
    for (const account of seen) final.set(account.key, account);
  }
  return { operations: recorder.operations, final };
}

export function readAccount(client: HistoryClient, key: string): Promise<OperationResult> {
  const body = { TableName: tableOf(key), Key: { pk: { S: key } }, ConsistentRead: true };
  return attempt(client, {
    what: "GetItem",
    name: client.shared.newName(),
    appends: [],
    send: () => client.call("GetItem", body),
    result: (answer) => {
      if (answer.status !== 200) throw new Error(`GetItem: ${JSON.stringify(answer.body)}`);
      return { end: "done", seen: [seenOf(key, answer.body["Item"])] };
    },
  });
}
