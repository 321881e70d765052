/**
 * Requests of the clients whose history is checked, and what their answers say. Items are accounts in two tables: the
 * trail of who wrote them, the latest of those for conditions, and a balance.
 */
import type { Append, OperationResult, Seen } from "./history.ts";

export type Body = Readonly<Record<string, unknown>>;

export interface CallAnswer {
  readonly status: number;
  readonly body: Body;
}

/** Rejects when no answer came. */
export type Call = (operation: string, body: object) => Promise<CallAnswer>;

export interface Caller {
  readonly call: Call;
}

export function callsOf(one: Caller, other: Caller): { readonly call: Call; readonly otherCall: Call } {
  return {
    call: (operation, body) => one.call(operation, body),
    otherCall: (operation, body) => other.call(operation, body),
  };
}

export const accountTables = ["Accounts-0", "Accounts-1"] as const;
const [firstTable, secondTable] = accountTables;

/** Neighbours are in different tables, so that most transactions concern both. */
export function tableOf(key: string): string {
  return Number(key.at(-1)) % 2 === 0 ? firstTable : secondTable;
}

export function at(key: string): Body {
  return { TableName: tableOf(key), Key: { pk: { S: key } } };
}

/** One write of an account; `before` makes it conditional. */
export interface AccountWrite {
  readonly name: string;
  readonly append: Append;
  readonly before?: Seen;
}

/** UpdateItem, or an element of a transaction. Works on an account that is not there, too. */
export function appendUpdate({ name, append, before }: AccountWrite): Body {
  const condition = before === undefined ? undefined : unchanged(before);
  return {
    ...at(append.key),
    UpdateExpression:
      "SET trail = list_append(if_not_exists(trail, :none), :me), latest = :name ADD balance :amount",
    ...condition,
    ExpressionAttributeValues: {
      ":none": { L: [] },
      ":me": { L: [{ S: name }] },
      ":name": { S: name },
      ":amount": { N: String(append.amount) },
      ...(condition?.["ExpressionAttributeValues"] as Body | undefined),
    },
  };
}

/** PutItem, or an element of a transaction: the whole account, made from what it was. */
export function replacingPut({ name, append, before }: AccountWrite & { readonly before: Seen }): Body {
  const trail = [...before.trail, name].map((S) => ({ S }));
  const balance = { N: String(before.balance + append.amount) };
  return {
    TableName: tableOf(append.key),
    Item: { pk: { S: append.key }, trail: { L: trail }, latest: { S: name }, balance },
    ...unchanged(before),
  };
}

export function unchangedCheck(before: Seen): Body {
  return { ...at(before.key), ...unchanged(before) };
}

/** Whoever wrote it last tells all that was there; a failed condition shows what is there instead. */
function unchanged({ trail }: Seen): Body {
  const latest = trail.at(-1);
  return {
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    ...(latest === undefined
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : { ConditionExpression: "latest = :latest", ExpressionAttributeValues: { ":latest": { S: latest } } }),
  };
}

interface AccountItem {
  readonly trail: { readonly L: readonly { readonly S: string }[] };
  readonly balance: { readonly N: string };
}

/** `item`: undefined when there is none. */
export function seenOf(key: string, item: unknown): Seen {
  if (item === undefined) return { key, trail: [], balance: 0 };
  const { trail, balance } = item as AccountItem;
  return { key, trail: trail.L.map(({ S }) => S), balance: Number(balance.N) };
}

/** Errors that say that nothing was done. */
const refusals = new Set([
  "ConditionalCheckFailedException",
  "TransactionCanceledException",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

/** Undefined for 200; throws for an answer that nobody should get. */
export function refusalOf({ status, body }: CallAnswer): string | undefined {
  if (status === 200) return undefined;
  const error = String(body["__type"]).split("#").at(-1) ?? "";
  if (!refusals.has(error)) throw new Error(`${status} ${JSON.stringify(body)}`);
  return error;
}

/** Of a write of one item. `before`: what its condition demands, or what its answer told. */
export function writeResult(answer: CallAnswer, key: string, before: readonly Seen[]): OperationResult {
  const error = refusalOf(answer);
  if (error === undefined) return { end: "done", seen: before };
  const failed = error === "ConditionalCheckFailedException";
  return { end: "refused", seen: failed ? [seenOf(key, answer.body["Item"])] : [] };
}

interface Reason {
  readonly Code: string;
  readonly Item?: unknown;
}

/** Of a transaction whose elements concern these items. Failed conditions show all of one moment. */
export function transactionResult(
  answer: CallAnswer,
  keys: readonly string[],
  before: readonly Seen[],
): OperationResult {
  if (refusalOf(answer) === undefined) return { end: "done", seen: before };
  const reasons = (answer.body["CancellationReasons"] ?? []) as readonly Reason[];
  const seen = reasons.flatMap(({ Code: code, Item: item }, index) =>
    code === "ConditionalCheckFailed" ? [seenOf(keys[index] ?? "", item)] : [],
  );
  return { end: "refused", seen };
}
