/** The limit of item collections, where it is 1,000 bytes: items and local entries of one partition key. */
import { conditionFailed, type Expectation, type JsonObject, type Refusal, S } from "./case-types.ts";
import { filled, type IndexedCase, type IndexedGroup, items } from "./indexed-case.ts";
import { type IndexedTable, indexedTables } from "./indexed-tables.ts";

export const collectionBytesMax = 1000;

export const collectionTables: readonly IndexedTable[] = indexedTables.filter(
  ({ name }) => name === "local-all" || name === "global-all",
);

const table = "local-all";
const TableName = table;
/** An item with an entry as large as itself, and one without. */
const twice = (bytes: number, sk = "s", pk = "k"): JsonObject => filled({ pk, sk, g: "g" }, bytes);
const once = (bytes: number, sk = "s"): JsonObject => filled({ pk: "k", sk }, bytes);
const key = (sk = "s"): JsonObject => items({ pk: "k", sk });

const full: Refusal = {
  error: "ItemCollectionSizeLimitExceededException",
  message: "Collection size exceeded.",
};

type Row = Pick<IndexedCase, "operation" | "request" | "given" | "after">;

function row(name: string, { given = [], ...rest }: Row, expect: Expectation = { body: {} }): IndexedCase {
  const unchanged = "error" in expect ? { after: given } : {};
  return { name, table, given, expect, ...unchanged, ...rest };
}

const put = (Item: JsonObject): Pick<Row, "operation" | "request"> => ({
  operation: "PutItem",
  request: { Item },
});
const update = (
  sk: string,
  UpdateExpression: string,
  value?: string,
): Pick<Row, "operation" | "request"> => ({
  operation: "UpdateItem",
  request: {
    Key: key(sk),
    UpdateExpression,
    ...(value === undefined ? {} : { ExpressionAttributeValues: { ":v": S(value) } }),
  },
});

const most = twice(500);

const single: readonly IndexedCase[] = [
  row("a collection grows up to its limit", {
    given: [twice(400)],
    ...put(twice(100, "t")),
    after: [twice(400), twice(100, "t")],
  }),
  row("a collection does not grow beyond its limit", { given: [twice(400)], ...put(twice(101, "t")) }, full),
  row("an item without an entry counts once", { given: [twice(400)], ...put(once(200, "t")) }),
  row("an item without an entry and a byte", { given: [twice(400)], ...put(once(201, "t")) }, full),
  row("another partition key is another collection", { given: [most], ...put(twice(500, "s", "l")) }),
  row("an update may not grow it", { given: [most], ...update("s", "SET a = :v", "a") }, full),
  row("an entry that appears grows it", { given: [once(501)], ...update("s", "SET g = :v", "g") }, full),
  row("an item of the same size may come", {
    given: [most],
    ...put({ ...most, g: S("h") }),
    after: [{ ...most, g: S("h") }],
  }),
  row("a full collection may shrink by an update", {
    given: [most],
    ...update("s", "REMOVE fil"),
    after: [items({ pk: "k", sk: "s", g: "g" })],
  }),
  row("a full collection may shrink by a put", { given: [most], ...put(once(999)), after: [once(999)] }),
  row("a full collection may shrink by a deletion", {
    given: [most],
    operation: "DeleteItem",
    request: { Key: key() },
    after: [],
  }),
  row(
    "a failed condition is told first",
    {
      given: [most],
      operation: "PutItem",
      request: { Item: twice(101, "t"), ConditionExpression: "attribute_exists(pk)" },
    },
    conditionFailed,
  ),
  row(
    "a batch of one that does not fit",
    {
      given: [most],
      operation: "BatchWriteItem",
      request: { RequestItems: { [table]: [{ PutRequest: { Item: once(100, "t") } }] } },
    },
    full,
  ),
  {
    name: "a table without local indexes has no collections",
    table: "global-all",
    given: [],
    operation: "PutItem",
    request: { Item: filled({ pk: "k", g: "g" }, 5000) },
    expect: { body: {} },
  },
];

function cancelled(...codes: readonly string[]): Refusal {
  return {
    error: "TransactionCanceledException",
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      CancellationReasons: codes.map((Code) =>
        Code === "None" ? { Code } : { Code, Message: "Collection size exceeded." },
      ),
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
    },
  };
}

const transact = (...actions: readonly JsonObject[]): Pick<Row, "operation" | "request"> => ({
  operation: "TransactWriteItems",
  request: { TransactItems: actions },
});
const putAction = (Item: JsonObject): JsonObject => ({ Put: { TableName, Item } });
const tooLarge = "ItemCollectionSizeLimitExceeded";

const transactions: readonly IndexedCase[] = [
  row(
    "one that does not fit cancels all",
    { given: [twice(400)], ...transact(putAction(twice(200, "s", "l")), putAction(twice(101, "t"))) },
    cancelled("None", tooLarge),
  ),
  row(
    "two that do not fit together",
    { given: [twice(400)], ...transact(putAction(twice(60, "t")), putAction(twice(60, "u"))) },
    cancelled("None", tooLarge),
  ),
  row("one makes room for the next", {
    given: [most],
    ...transact({ Delete: { TableName, Key: key() } }, putAction(twice(500, "t"))),
    after: [twice(500, "t")],
  }),
];

export const collectionGroups: readonly IndexedGroup[] = [
  { title: "single writes", cases: single },
  { title: "transactions", cases: transactions },
];
