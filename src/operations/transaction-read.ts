/**
 * Reads the elements of a transaction as they were at one moment, and answers them; TransactGetItems and
 * ExecuteTransaction share it. Read twice: what a transaction is working on, or what changed between the two rounds,
 * cancels the request. Plain reads never meet that.
 */
import { transactionCanceled } from "../api/index.ts";
import { limits, nextTurn, type PacedWork } from "../base/index.ts";
import { type ConditionPlan, evaluateCondition, type ProjectionPlan } from "../expressions/index.ts";
import type { Engine, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, recordHeader, recordJson } from "../values/index.ts";
import type { ReturnConsumedCapacity } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { projectedJson } from "./get-item.ts";
import { nextSlice } from "./next-slice.ts";
import { type BodyPart, joinInSlices, objectParts } from "./response-body.ts";
import { type Located, locate, type TransactionElement } from "./transaction-elements.ts";
import { conflictReason, noReason, transactionTooLarge } from "./transaction-reasons.ts";
import { transactionalRead, transactionCapacityJson } from "./transaction-units.ts";

/** Eight of the largest items take 1 ms in SQLite; more at once would save nothing on small ones. */
const keysPerFetch = 8;

export interface ReadTransactionElement extends TransactionElement {
  readonly projection: ProjectionPlan | undefined;
  /** An item it does not hold for is answered as if it were not there. */
  readonly filter?: ConditionPlan | undefined;
}

interface ReadTransactionInput {
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
}

export async function readTransaction(
  context: OperationContext,
  input: ReadTransactionInput,
  elements: readonly ReadTransactionElement[],
): Promise<ResponseBody> {
  const keys = keysOrCancel(locate(context, elements));
  const { engine, pacer } = context.services;
  const work = pacer.begin();
  try {
    const records = await firstRound(engine, keys, work);
    await cancelHeld(engine, keys);
    await nextTurn();
    await secondRound(engine, keys, records);
    const read = elements.map((element, index) => ({ element, record: records[index] }));
    return await joinInSlices(await answerParts(input, read, work), work);
  } finally {
    work.end();
  }
}

function keysOrCancel(located: readonly Located<ReadTransactionElement>[]): readonly RecordKey[] {
  const keys = located.flatMap(({ place }) => (place.kind === "key" ? [place.key] : []));
  if (keys.length === located.length) return keys;
  throw transactionCanceled(located.map(({ place }) => (place.kind === "issue" ? place.reason : noReason)));
}

type Records = readonly (StoredRecord | undefined)[];

async function firstRound(engine: Engine, keys: readonly RecordKey[], work: PacedWork): Promise<Records> {
  const records: (StoredRecord | undefined)[] = [];
  let sizeBytes = 0;
  for (let from = 0; from < keys.length; from += keysPerFetch) {
    if (work.sliceOver()) await nextSlice(work);
    for (const record of await engine.getMany(keys.slice(from, from + keysPerFetch), "strong")) {
      records.push(record);
      sizeBytes += sizeOf(record);
    }
    if (sizeBytes > limits.transactionBytesMax) throw transactionTooLarge();
  }
  return records;
}

function sizeOf(record: StoredRecord | undefined): number {
  return record === undefined ? 0 : recordHeader(record.value).sizeBytes;
}

/** Asked between the rounds: a transaction accepted later is either not seen at all or changes what is read again. */
async function cancelHeld(engine: Engine, keys: readonly RecordKey[]): Promise<void> {
  cancelWhere(await engine.held(keys));
}

/**
 * In one call, so that it is of one moment: items that are not there have no version that would tell of an item made
 * and deleted between the rounds.
 */
async function secondRound(engine: Engine, keys: readonly RecordKey[], first: Records): Promise<void> {
  const again = await engine.getMany(keys, "strong");
  cancelWhere(again.map((record, index) => record?.version !== first[index]?.version));
}

function cancelWhere(conflicts: readonly boolean[]): void {
  if (!conflicts.includes(true)) return;
  throw transactionCanceled(conflicts.map((conflict) => (conflict ? conflictReason : noReason)));
}

interface ReadElement {
  readonly element: ReadTransactionElement;
  readonly record: StoredRecord | undefined;
}

async function answerParts(
  input: ReadTransactionInput,
  read: readonly ReadElement[],
  work: PacedWork,
): Promise<readonly BodyPart[]> {
  const responses: BodyPart[] = [];
  for (const { element, record } of read) {
    if (responses.length > 0) responses.push(",");
    if (work.sliceOver()) await nextSlice(work);
    const item = record === undefined ? undefined : wantedJson(element, recordJson(record.value));
    if (item === undefined) responses.push("{}");
    else responses.push('{"Item":', item, "}");
  }
  const ended = read.map(({ element, record }) => ({ element, consumed: transactionalRead(sizeOf(record)) }));
  return objectParts([
    ["Responses", ["[", ...responses, "]"]],
    ["ConsumedCapacity", transactionCapacityJson(input.ReturnConsumedCapacity, ended)],
  ]);
}

function wantedJson({ filter, projection }: ReadTransactionElement, json: Uint8Array): BodyPart | undefined {
  if (filter !== undefined && !evaluateCondition(filter, decodeItem(json))) return undefined;
  return projectedJson(json, projection);
}
