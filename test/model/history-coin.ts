/** A coin that is always in exactly one place: deleted in one and put into another by one transaction. */
import type { HistoryClient } from "./history-load.ts";
import { NoAnswer } from "./history-load.ts";
import { accountTables, type Body, type Call, type CallAnswer, refusalOf } from "./history-requests.ts";

const placesCount = 4;

function place({ shared }: Pick<HistoryClient, "shared">, index: number): Body {
  const pk = { S: `${shared.options.prefix}-place-${index % placesCount}` };
  return { TableName: accountTables[index % accountTables.length], Key: { pk } };
}

function putAt(client: Pick<HistoryClient, "shared">, index: number): Body {
  const { TableName, Key } = place(client, index);
  return { TableName, Item: Key };
}

export async function placeCoin(client: Pick<HistoryClient, "shared">, call: Call): Promise<void> {
  refusalOf(await call("PutItem", putAt(client, 0)));
}

/** From where it may be. */
export async function moveCoin(client: HistoryClient): Promise<void> {
  const { random } = client;
  const from = random.below(placesCount);
  const to = from + 1 + random.below(placesCount - 1);
  const body = {
    TransactItems: [
      { Delete: { ...place(client, from), ConditionExpression: "attribute_exists(pk)" } },
      { Put: putAt(client, to) },
    ],
  };
  const refusal = refusalOf(await answerOf(client, "TransactWriteItems", body));
  client.shared.ended("coin", { end: refusal === undefined ? "done" : "refused" }, 0);
}

export async function lookForCoin(client: HistoryClient): Promise<void> {
  const gets = Array.from({ length: placesCount }, (_, index) => ({ Get: place(client, index) }));
  const answer = await answerOf(client, "TransactGetItems", { TransactItems: gets });
  if (refusalOf(answer) !== undefined) return;
  const found = (answer.body["Responses"] as readonly Body[]).filter((response) => "Item" in response);
  if (found.length !== 1) client.shared.problems.push(`the coin was in ${found.length} places at once`);
}

async function answerOf(client: HistoryClient, operation: string, body: object): Promise<CallAnswer> {
  try {
    return await client.call(operation, body);
  } catch (error: unknown) {
    throw new NoAnswer("the coin's client got no answer", { cause: error });
  }
}
