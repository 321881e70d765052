/**
 * What a client whose history is checked does: transfers between accounts in write transactions, blind ones and some
 * guarded by conditions on what was read before, plain writes, and reads of every kind.
 */
import { lookForCoin, moveCoin } from "./history-coin.ts";
import { attempt, type HistoryClient, NoAnswer, readAccount } from "./history-load.ts";
import {
  appendUpdate,
  at,
  type Body,
  type CallAnswer,
  refusalOf,
  replacingPut,
  seenOf,
  tableOf,
  transactionResult,
  unchangedCheck,
  writeResult,
} from "./history-requests.ts";
import type { Append, OperationResult, Seen } from "./history.ts";

const amountMax = 100;

type Action = (client: HistoryClient) => Promise<unknown>;

/** As often as each stands there. */
const actions: readonly Action[] = [
  transfer,
  transfer,
  transfer,
  guardedTransfer,
  guardedTransfer,
  guardedTransfer,
  update,
  put,
  readAll,
  readAll,
  readSome,
  readOne,
  readOne,
  readCommitted,
  moveCoin,
  lookForCoin,
];

/** Goes on until told to stop; resolves with why it stopped before, when no answer came. */
export async function runClient(client: HistoryClient, goOn: () => boolean): Promise<NoAnswer | undefined> {
  try {
    while (goOn()) await actions[client.random.below(actions.length)]?.(client);
    return undefined;
  } catch (error: unknown) {
    if (error instanceof NoAnswer) return error;
    throw error;
  }
}

/** Different ones, in any order; the first ones are wanted most. */
function someAccounts({ shared, random }: HistoryClient, count: number): readonly string[] {
  const left = [...shared.accounts(random)];
  const next = (): number => Math.min(...Array.from({ length: 3 }, () => random.below(left.length)));
  return Array.from({ length: count }, () => left.splice(next(), 1)).flat();
}

/** What one account gives the others get. */
function amounts({ random }: HistoryClient, keys: readonly string[]): readonly Append[] {
  const given = keys.slice(1).map((key) => ({ key, amount: 1 + random.below(amountMax) }));
  const taken = given.reduce((sum, { amount }) => sum + amount, 0);
  return [{ key: keys[0] ?? "", amount: -taken }, ...given];
}

async function transfer(client: HistoryClient): Promise<void> {
  const appends = amounts(client, someAccounts(client, 2 + client.random.below(2)));
  const name = client.shared.newName();
  const elements = appends.map((append) => ({ Update: appendUpdate({ name, append }) }));
  await transact(client, { name, appends, elements, before: [] });
}

/** Reads some accounts first and demands that they are unchanged; one of them is only checked. */
async function guardedTransfer(client: HistoryClient): Promise<void> {
  const { random } = client;
  const { end, seen } = random.below(2) === 0 ? await readSome(client) : await readSingly(client);
  if (end !== "done") return;
  const [checked, ...written] = seen;
  if (checked === undefined) return;
  const name = client.shared.newName();
  const keys = written.map(({ key }) => key);
  const appends = amounts(client, keys);
  const elements = written.map((before, index): Body => {
    const append = appends[index] ?? { key: before.key, amount: 0 };
    return random.below(2) === 0
      ? { Put: replacingPut({ name, append, before }) }
      : { Update: appendUpdate({ name, append, before }) };
  });
  elements.push({ ConditionCheck: unchangedCheck(checked) });
  await transact(client, { name, appends, elements, before: [...written, checked] });
}

interface Transaction {
  readonly name: string;
  readonly appends: readonly Append[];
  readonly elements: readonly Body[];
  readonly before: readonly Seen[];
}

async function transact(client: HistoryClient, transaction: Transaction): Promise<void> {
  const { shared, random, call } = client;
  const { name, appends, elements, before } = transaction;
  const hasToken = shared.options.alwaysTokens || random.below(2) === 0;
  const body = { TransactItems: elements, ...(hasToken ? { ClientRequestToken: name } : {}) };
  if (hasToken) shared.requests.set(name, body);
  const twice = hasToken && random.below(4) === 0;
  const keys = before.length > 0 ? before.map(({ key }) => key) : appends.map(({ key }) => key);
  await attempt(client, {
    what: twice ? "TransactWriteItems twice" : "TransactWriteItems",
    name,
    appends,
    before,
    send: () => (twice ? callTwice(client, body) : call("TransactWriteItems", body)),
    result: (answer) => transactionResult(answer, keys, before),
  });
}

/** The same request with the same token on two connections at once: it takes place once, if either says so. */
async function callTwice({ call, otherCall }: HistoryClient, body: Body): Promise<CallAnswer> {
  const calls = [call, otherCall].map((send) => send("TransactWriteItems", body));
  const answers = await Promise.allSettled(calls);
  const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const done = told.find(({ status }) => status === 200);
  if (done !== undefined) return done;
  const lost = answers.find((answer) => answer.status === "rejected");
  if (lost !== undefined) throw new Error("one of two was not answered", { cause: lost.reason });
  // One of them was not in the other's way, and says what was.
  const refused = told.find((answer) => refusalOf(answer) !== "TransactionInProgressException");
  if (refused === undefined) throw new Error("each of two transactions waits for the other");
  return refused;
}

async function update(client: HistoryClient): Promise<void> {
  const [key = ""] = someAccounts(client, 1);
  const name = client.shared.newName();
  const append = { key, amount: 0 };
  await attempt(client, {
    what: "UpdateItem",
    name,
    appends: [append],
    send: () => client.call("UpdateItem", { ...appendUpdate({ name, append }), ReturnValues: "ALL_OLD" }),
    result: (answer) => writeResult(answer, key, [seenOf(key, answer.body["Attributes"])]),
  });
}

async function put(client: HistoryClient): Promise<void> {
  const [key = ""] = someAccounts(client, 1);
  const { seen } = await readAccount(client, key);
  const [before] = seen;
  if (before === undefined) return;
  const name = client.shared.newName();
  const append = { key, amount: 0 };
  await attempt(client, {
    what: "PutItem",
    name,
    appends: [append],
    before: seen,
    send: () => client.call("PutItem", replacingPut({ name, append, before })),
    result: (answer) => writeResult(answer, key, seen),
  });
}

function readAll(client: HistoryClient): Promise<OperationResult> {
  const { shared, random } = client;
  const accounts = shared.accounts(random);
  const left = [...accounts];
  // Neighbours are not always looked at together.
  const inAnyOrder = accounts.flatMap(() => left.splice(random.below(left.length), 1));
  return transactGet(client, inAnyOrder, { sum: 0 });
}

function readSome(client: HistoryClient): Promise<OperationResult> {
  return transactGet(client, someAccounts(client, 3));
}

function transactGet(
  client: HistoryClient,
  keys: readonly string[],
  more: { readonly sum?: number } = {},
): Promise<OperationResult> {
  const body = { TransactItems: keys.map((key) => ({ Get: at(key) })) };
  return attempt(client, {
    what: "TransactGetItems",
    name: client.shared.newName(),
    appends: [],
    ...more,
    send: () => client.call("TransactGetItems", body),
    result: (answer) => {
      if (refusalOf(answer) !== undefined) return { end: "refused", seen: [] };
      const responses = answer.body["Responses"] as readonly Body[];
      return { end: "done", seen: keys.map((key, index) => seenOf(key, responses[index]?.["Item"])) };
    },
  });
}

/** Each by itself, which is what a program does that knows no read transactions. */
async function readSingly(client: HistoryClient): Promise<OperationResult> {
  const seen: Seen[] = [];
  for (const key of someAccounts(client, 3)) seen.push(...(await readAccount(client, key)).seen);
  return { end: "done", seen };
}

function readOne(client: HistoryClient): Promise<OperationResult> {
  const [key = ""] = someAccounts(client, 1);
  return readAccount(client, key);
}

/** Reads that promise no more than what was committed: many items of one batch. */
function readCommitted(client: HistoryClient): Promise<OperationResult> {
  const keys = client.shared.accounts(client.random);
  const tables = Map.groupBy(keys, tableOf);
  const requests = [...tables].map(([table, own]): [string, Body] => [
    table,
    { Keys: own.map((key) => ({ pk: { S: key } })), ConsistentRead: client.random.below(2) === 0 },
  ]);
  return attempt(client, {
    what: "BatchGetItem",
    name: client.shared.newName(),
    appends: [],
    isolation: "committed",
    send: () => client.call("BatchGetItem", { RequestItems: Object.fromEntries(requests) }),
    result: (answer) => {
      if (refusalOf(answer) !== undefined) throw new Error("a batch of reads was refused");
      const found = Object.values(answer.body["Responses"] as Readonly<Record<string, readonly Body[]>>);
      const seen = found.flat().map((item) => seenOf((item["pk"] as { readonly S: string }).S, item));
      return { end: "done", seen };
    },
  });
}
