/**
 * Writers on a table with two global indexes and on hot counters, over two servers. Each knows what of its own writes was
 * acknowledged and what may have been done: nothing acknowledged may be missing or be there twice. In between they look
 * through the other server whether their last write is there at once.
 */
import { type Random, systemClock } from "../../src/base/index.ts";
import { countersTable, itemOf, itemsTable } from "../crash/server-writers.ts";
import { type CallAnswer, refusalOf } from "../model/history-requests.ts";
import { type RetryingCaller, UnknownOutcome } from "./retrying-caller.ts";

export const hotCounters: readonly string[] = ["hot-1", "hot-2", "hot-3"];
/** Everybody reads it and moves it on by one, on the condition that nobody has done so meanwhile. */
export const guardedCounter = "guarded";

const keysEach = 40;
const batchSize = 4;

/** What a key holds: the number of the write, or nothing. */
type Content = number | undefined;

export interface Count {
  /** Increments that took place. */
  known: number;
  /** Those without an answer since. */
  unknown: number;
}

export interface PairWriter {
  readonly index: number;
  readonly caller: RetryingCaller;
  readonly random: Random;
  /** Content of each own key, by the last acknowledged write. */
  readonly items: Map<string, Content>;
  readonly counts: Map<string, Count>;
  readonly shared: SharedCounts;
  writes: number;
}

/** What all writers tell each other. */
export interface SharedCounts {
  /** Which write has moved the guarded counter there, by acknowledgement. */
  readonly moves: Map<number, string>;
  readonly problems: string[];
  unknown: number;
  strongReads: number;
  refusedMoves: number;
}

export function newSharedCounts(): SharedCounts {
  return { moves: new Map(), problems: [], unknown: 0, strongReads: 0, refusedMoves: 0 };
}

export function countOf({ counts }: Pick<PairWriter, "counts">, name: string): Count {
  const known = counts.get(name);
  if (known !== undefined) return known;
  const count = { known: 0, unknown: 0 };
  counts.set(name, count);
  return count;
}

/** An attribute of each counter: how often this writer has counted there. */
export function shareName({ index }: Pick<PairWriter, "index">): string {
  return `writer${index}`;
}

type Wire = Readonly<Record<string, { readonly N?: string }>>;
type Action = (writer: PairWriter) => Promise<void>;

/** As often as each stands there. */
const actions: readonly Action[] = [put, put, put, remove, batch, count, count, move, transact];

export async function runWriter(writer: PairWriter, goOn: () => boolean): Promise<void> {
  while (goOn()) {
    const action = actions[writer.random.below(actions.length)] ?? put;
    try {
      await action(writer);
    } catch (error: unknown) {
      if (!(error instanceof UnknownOutcome)) throw error;
      writer.shared.unknown += 1;
    }
  }
}

/** Numbers of writes never repeat. */
function nextNumber(writer: PairWriter): number {
  writer.writes += 1;
  return writer.index * 1_000_000 + writer.writes;
}

function ownKey({ index, random }: PairWriter): string {
  return `writer-${index}-key-${random.below(keysEach)}`;
}

async function put(writer: PairWriter): Promise<void> {
  const key = ownKey(writer);
  const number = nextNumber(writer);
  await ok(writer, "PutItem", { TableName: itemsTable, Item: itemOf(key, number) });
  writer.items.set(key, number);
  await lookElsewhere(writer, key);
}

async function remove(writer: PairWriter): Promise<void> {
  const key = ownKey(writer);
  await ok(writer, "DeleteItem", { TableName: itemsTable, Key: { pk: { S: key } } });
  writer.items.set(key, undefined);
  await lookElsewhere(writer, key);
}

async function batch(writer: PairWriter): Promise<void> {
  const number = nextNumber(writer);
  const keys = new Set(Array.from({ length: batchSize }, () => ownKey(writer)));
  let requests: unknown = {
    [itemsTable]: [...keys].map((key) => ({ PutRequest: { Item: itemOf(key, number) } })),
  };
  while (Object.keys(requests as object).length > 0) {
    const body = await ok(writer, "BatchWriteItem", { RequestItems: requests });
    requests = body["UnprocessedItems"] ?? {};
  }
  for (const key of keys) writer.items.set(key, number);
}

/** What is acknowledged here is there at once for a strong read. */
async function lookElsewhere(writer: PairWriter, key: string): Promise<void> {
  const { caller, shared, items } = writer;
  if (writer.random.below(2) === 0) return;
  caller.turn();
  const body = await ok(writer, "GetItem", {
    TableName: itemsTable,
    Key: { pk: { S: key } },
    ConsistentRead: true,
  });
  shared.strongReads += 1;
  const found = (body["Item"] as Wire | undefined)?.["first"]?.N;
  const wanted = items.get(key);
  if (found !== (wanted === undefined ? undefined : String(wanted))) {
    shared.problems.push(`a strong read of ${key} found ${found}, not ${wanted}`);
  }
}

/** One update does two things to a counter that all writers share: the total, and this writer's own count. */
async function count(writer: PairWriter): Promise<void> {
  const name = hotCounters[writer.random.below(hotCounters.length)] ?? "";
  const known = countOf(writer, name);
  const body = await counted(known, () =>
    ok(writer, "UpdateItem", { ...increment(writer, name), ReturnValues: "UPDATED_NEW" }),
  );
  tookShare(writer, name, body);
}

async function counted<T>(known: Count, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error: unknown) {
    if (error instanceof UnknownOutcome) known.unknown += 1;
    throw error;
  }
}

function increment(writer: PairWriter, name: string): object {
  return {
    TableName: countersTable,
    Key: { pk: { S: name } },
    UpdateExpression: "ADD n :one, #share :one",
    ExpressionAttributeNames: { "#share": shareName(writer) },
    ExpressionAttributeValues: { ":one": { N: "1" } },
  };
}

/** The answer to an increment tells how many of those without an answer took place. */
function tookShare(writer: PairWriter, name: string, { Attributes }: CallAnswer["body"]): void {
  const share = Number((Attributes as Wire)[shareName(writer)]?.N);
  const count = countOf(writer, name);
  const least = count.known + 1;
  const most = least + count.unknown;
  if (!(share >= least && share <= most)) {
    const problem = `${name}: writer ${writer.index} has counted ${share} times, not ${least} to ${most}`;
    writer.shared.problems.push(problem);
  }
  count.known = share;
  count.unknown = 0;
}

async function move(writer: PairWriter): Promise<void> {
  const { shared } = writer;
  const key = { TableName: countersTable, Key: { pk: { S: guardedCounter } } };
  const { Item: item } = await ok(writer, "GetItem", { ...key, ConsistentRead: true });
  const now = Number((item as Wire | undefined)?.["n"]?.N ?? 0);
  const known = countOf(writer, guardedCounter);
  const answer = await counted(known, () =>
    pastConflicts(writer, "UpdateItem", {
      ...increment(writer, guardedCounter),
      ConditionExpression: now === 0 ? "attribute_not_exists(n)" : "n = :now",
      ExpressionAttributeValues: { ":one": { N: "1" }, ...(now === 0 ? {} : { ":now": { N: String(now) } }) },
      ReturnValues: "UPDATED_NEW",
    }),
  );
  if (refusalOf(answer) !== undefined) {
    shared.refusedMoves += 1;
    return;
  }
  tookShare(writer, guardedCounter, answer.body);
  const other = shared.moves.get(now + 1);
  const mine = `writer ${writer.index}`;
  if (other !== undefined) shared.problems.push(`${mine} and ${other} both moved the counter to ${now + 1}`);
  shared.moves.set(now + 1, mine);
}

/** A hot counter and an own key. Its token makes that it takes place once, however often and wherever it is sent. */
async function transact(writer: PairWriter): Promise<void> {
  const name = hotCounters[writer.random.below(hotCounters.length)] ?? "";
  const key = ownKey(writer);
  const number = nextNumber(writer);
  const TransactItems = [
    { Update: increment(writer, name) },
    { Put: { TableName: itemsTable, Item: itemOf(key, number) } },
  ];
  await ok(writer, "TransactWriteItems", { TransactItems, ClientRequestToken: `token-${number}` });
  countOf(writer, name).known += 1;
  writer.items.set(key, number);
  await lookElsewhere(writer, key);
}

async function ok(writer: PairWriter, operation: string, body: object): Promise<CallAnswer["body"]> {
  const answer = await pastConflicts(writer, operation, body);
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const conflictPauseMs = 20;
/** Done again they do no harm: nobody else writes the same keys, and a writer waits for its answer. */
const idempotent = new Set(["PutItem", "DeleteItem", "BatchWriteItem"]);

/** What met a transaction was not done, and is worth another try. */
async function pastConflicts(
  { caller, random }: PairWriter,
  operation: string,
  body: object,
): Promise<CallAnswer> {
  for (;;) {
    const answer = await caller.call(operation, body, idempotent.has(operation) || undefined);
    if (answer.status === 200 || !JSON.stringify(answer.body).includes("TransactionConflict")) return answer;
    await systemClock().sleep(random.below(conflictPauseMs));
  }
}
