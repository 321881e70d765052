/**
 * Several item writes as one: every action is decided on the newest state, and either all of them are committed
 * together or none. With a token, the same request is answered again for ten minutes without being done again.
 */
import { assert, bytesEqual, limits } from "../base/index.ts";
import type {
  Commit,
  CounterId,
  DecideContext,
  DecideFunction,
  Decision,
  EpochCheck,
  Mutation,
  RecordKey,
  RecordWrite,
  StoredRecord,
} from "../storage/contract/index.ts";
import { decideItemWrite, type ItemDecision } from "./decide-item-write.ts";
import { collectionCounter } from "./derived-writes.ts";
import type { ItemWrite, ItemWriteResult } from "./item-write.ts";
import {
  decodeRemembered,
  forgetWrites,
  isExpired,
  type RememberedTransaction,
  rememberWrites,
} from "./transaction-token.ts";

export const transactionKind = "transaction";

/** No two actions of a transaction have the same key. */
export interface TransactionAction {
  readonly write: ItemWrite;
  readonly key: RecordKey;
}

/** Makes a transaction idempotent. */
export interface TransactionToken {
  readonly key: RecordKey;
  /** Of the request, by `digest` of base. */
  readonly digest: Uint8Array;
}

export interface TransactionRequest {
  readonly actions: readonly TransactionAction[];
  /** Of all tables, each once. */
  readonly epochs: readonly EpochCheck[];
  readonly token?: TransactionToken;
  /** How long after its acceptance it is decided; its keys are held meanwhile. */
  readonly holdMs: number;
  /** Something is wrong with it already: all that is asked is what else would be. */
  readonly doomed: boolean;
  /** All that is asked is whether the request with this token was done before: its items do not matter. */
  readonly onlyReplay?: boolean;
}

type WrittenAction = Extract<ItemWriteResult, { kind: "written" }>;

/** Actions in the order of the request. Bytes of item collections are those after the whole transaction. */
export type TransactionResult =
  | { readonly kind: "written"; readonly actions: readonly WrittenAction[] }
  /** Nothing was written; `written` of an action means that nothing is wrong with it. */
  | { readonly kind: "cancelled"; readonly actions: readonly ItemWriteResult[] }
  /** All items together are larger than a transaction may be. */
  | { readonly kind: "tooLarge" }
  /** The same request was done before. */
  | { readonly kind: "replayed"; readonly actions: readonly ReplayedAction[] }
  /** Another request was done with the same token. */
  | { readonly kind: "otherRequest" }
  /** Only to those who ask for nothing but a replay. */
  | { readonly kind: "notDone" };

export interface ReplayedAction {
  /** Of the item as the transaction had left it. */
  readonly sizeBytes: number;
  /** As of now; only for tables with local indexes. */
  readonly collectionBytes?: number;
}

interface PlacedAction extends TransactionAction {
  /** Where the mutation's counters hold the size of the item's collection. */
  readonly collection?: number;
}

/** Arguments as they travel. */
interface TransactionArguments {
  readonly actions: readonly PlacedAction[];
  readonly token?: TransactionToken;
  readonly doomed: boolean;
  readonly onlyReplay: boolean;
}

/** Its keys are the token's, if any, then those of the actions: so are the positions of a conflict to be read. */
export function transactionMutation(request: TransactionRequest): Mutation {
  const { actions, epochs, token, holdMs, doomed, onlyReplay = false } = request;
  const collections = new Map<string, { readonly position: number; readonly counter: CounterId }>();
  const placed = actions.map((action): PlacedAction => {
    const { write, key } = action;
    const counter = write.derived && collectionCounter(write.derived, key, write.keyspace);
    if (counter === undefined) return action;
    const name = `${write.keyspace}/${Buffer.from(key.partition).toString("latin1")}`;
    const known = collections.get(name) ?? { position: collections.size, counter };
    collections.set(name, known);
    return { ...action, collection: known.position };
  });
  const args: TransactionArguments = {
    actions: placed,
    doomed,
    onlyReplay,
    ...(token === undefined ? {} : { token }),
  };
  return {
    kind: transactionKind,
    epochs,
    keys: [...(token === undefined ? [] : [token.key]), ...(onlyReplay ? [] : actions.map(({ key }) => key))],
    args,
    ...(collections.size === 0 ? {} : { counters: [...collections.values()].map(({ counter }) => counter) }),
    ...(doomed || onlyReplay ? {} : { hold: { ms: holdMs } }),
  };
}

export const decideTransaction: DecideFunction = (
  args: unknown,
  records: readonly (StoredRecord | undefined)[],
  context: DecideContext,
): Decision => {
  const { actions, token, doomed, onlyReplay } = args as TransactionArguments;
  const tokenRecord = token === undefined ? undefined : records[0];
  const remembered = tokenRecord === undefined ? undefined : decodeRemembered(tokenRecord.value);
  if (token !== undefined && remembered !== undefined && !isExpired(remembered, context.nowMicros)) {
    return refuse(
      bytesEqual(token.digest, remembered.digest)
        ? replayed(actions, remembered, context)
        : { kind: "otherRequest" },
    );
  }
  if (onlyReplay) return refuse({ kind: "notDone" });
  const items = token === undefined ? records : records.slice(1);
  assert(items.length === actions.length, "a transaction reads one record for each action");
  const { decisions, collectionBytes } = decideAll(actions, items, context);
  const commits = decisions.filter((decision) => decision.kind === "commit");
  if (doomed || commits.length < decisions.length) {
    return refuse({ kind: "cancelled", actions: decisions.map(({ result }) => result) });
  }
  if (aggregateBytes(actions, commits) > limits.transactionBytesMax) return refuse({ kind: "tooLarge" });
  const written = commits.map(({ result }, index) =>
    inCollection(result, actions[index]?.collection, collectionBytes),
  );
  const tokenWrites =
    token === undefined ? [] : tokenRecords(token, { remembered, written, nowMicros: context.nowMicros });
  const result: TransactionResult = { kind: "written", actions: written };
  return { kind: "commit", commit: merged(commits, tokenWrites), result };
};

function refuse(result: TransactionResult): Decision {
  return { kind: "refuse", result };
}

function replayed(
  actions: readonly PlacedAction[],
  { sizes }: RememberedTransaction,
  { counters }: DecideContext,
): TransactionResult {
  return {
    kind: "replayed",
    actions: actions.map(({ collection }, index) =>
      inCollection({ sizeBytes: sizes[index] ?? 0 }, collection, counters),
    ),
  };
}

function inCollection<Result>(
  result: Result,
  collection: number | undefined,
  collectionBytes: readonly number[],
): Result | (Result & { readonly collectionBytes: number }) {
  return collection === undefined ? result : { ...result, collectionBytes: collectionBytes[collection] ?? 0 };
}

interface Decided {
  readonly decisions: readonly ItemDecision[];
  /** By position: what each item collection would have after all actions. */
  readonly collectionBytes: readonly number[];
}

/** All of them, so that what is wrong with each is known. Actions in one item collection see each other's growth. */
function decideAll(
  actions: readonly PlacedAction[],
  records: readonly (StoredRecord | undefined)[],
  { nowMicros, counters }: DecideContext,
): Decided {
  const collectionBytes = [...counters];
  const decisions = actions.map(({ write, key, collection }, index) => {
    const before = collection === undefined ? 0 : (collectionBytes[collection] ?? 0);
    const decision = decideItemWrite(write, key, {
      record: records[index],
      nowMicros,
      collectionBytes: before,
    });
    if (collection !== undefined && decision.kind === "commit") {
      collectionBytes[collection] = decision.result.collectionBytes ?? before;
    }
    return decision;
  });
  return { decisions, collectionBytes };
}

type CommitDecision = Extract<ItemDecision, { kind: "commit" }>;

/**
 * "The aggregate size of the items in the transaction": those it writes as it leaves them, those it checks or deletes
 * as they are. Which sizes are meant is unconfirmed.
 */
function aggregateBytes(actions: readonly PlacedAction[], commits: readonly CommitDecision[]): number {
  return commits.reduce((sum, { result }, index) => {
    const kind = actions[index]?.write.action.kind;
    return sum + (kind === "delete" ? result.oldSizeBytes : result.newSizeBytes);
  }, 0);
}

function tokenRecords(
  token: TransactionToken,
  {
    remembered,
    written,
    nowMicros,
  }: {
    readonly remembered: RememberedTransaction | undefined;
    readonly written: readonly WrittenAction[];
    readonly nowMicros: number;
  },
): readonly RecordWrite[] {
  const sizes = written.map(({ newSizeBytes }) => newSizeBytes);
  return [
    ...(remembered === undefined ? [] : forgetWrites(token.key, remembered)),
    ...rememberWrites(token.key, { completedMicros: nowMicros, digest: token.digest, sizes }),
  ];
}

/** Items are distinct, and whatever is derived of them, so nothing is written twice. */
function merged(commits: readonly CommitDecision[], more: readonly RecordWrite[]): Commit {
  const log = commits.flatMap(({ commit }) => commit.log ?? []);
  return {
    records: [...commits.flatMap(({ commit }) => commit.records), ...more],
    counters: commits.flatMap(({ commit }) => commit.counters ?? []),
    ...(log.length === 0 ? {} : { log }),
  };
}
