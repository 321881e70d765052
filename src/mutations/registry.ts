/** The mutation kinds of this room and their decide functions, handed to the engine when it is opened. */
import { assert } from "../base/index.ts";
import type {
  DecideContext,
  DecideFunction,
  DecideRegistry,
  Decision,
  EpochCheck,
  Mutation,
  RecordKey,
  StoredRecord,
} from "../storage/contract/index.ts";
import { decideItemWrite } from "./decide-item-write.ts";
import { collectionCounter } from "./derived-writes.ts";
import type { ItemWrite } from "./item-write.ts";
import { decideTransaction, transactionKind } from "./transaction.ts";
import { decideTokenSweep, tokenSweepKind } from "./transaction-token-sweep.ts";

const itemKind = "item";

/** Arguments as they travel: the write and the key of its record. */
interface ItemArguments {
  readonly write: ItemWrite;
  readonly key: RecordKey;
}

const decideItem: DecideFunction = (
  args: unknown,
  records: readonly (StoredRecord | undefined)[],
  context: DecideContext,
): Decision => {
  const { write, key } = args as ItemArguments;
  assert(records.length === 1, "an item write reads one record");
  return decideItemWrite(write, key, {
    record: records[0],
    nowMicros: context.nowMicros,
    collectionBytes: context.counters[0] ?? 0,
  });
};

/** One item write as a mutation; `epoch` is that of the table description it was checked against. */
export function itemMutation(write: ItemWrite, key: RecordKey, epoch: EpochCheck): Mutation {
  const args: ItemArguments = { write, key };
  const counter =
    write.derived === undefined ? undefined : collectionCounter(write.derived, key, write.keyspace);
  const mutation = { kind: itemKind, epochs: [epoch], keys: [key], args };
  return counter === undefined ? mutation : { ...mutation, counters: [counter] };
}

export const mutationDecides: DecideRegistry = new Map([
  [itemKind, decideItem],
  [transactionKind, decideTransaction],
  [tokenSweepKind, decideTokenSweep],
]);
