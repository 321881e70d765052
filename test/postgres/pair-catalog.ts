/**
 * A client that makes and drops tables through one server and uses them through the other: what the catalog's change was
 * acknowledged for holds on every server from then on, whatever happens to servers and database meanwhile.
 */
import { systemClock } from "../../src/base/index.ts";
import type { CallAnswer } from "../model/history-requests.ts";
import type { RetryingCaller } from "./retrying-caller.ts";

export interface CatalogClient {
  readonly caller: RetryingCaller;
  /** Its tables begin so. */
  readonly prefix: string;
  readonly problems: string[];
  /** Tables made and dropped. */
  tables: number;
}

const pauseMs = 100;

export async function runCatalogClient(client: CatalogClient, goOn: () => boolean): Promise<void> {
  const { caller, prefix, problems } = client;
  for (; goOn(); client.tables += 1) {
    const TableName = `${prefix}table-${client.tables}`;
    const put = { TableName, Item: { pk: { S: "a" } } };
    // Asked for again, it may find its own work.
    await ended(caller, "CreateTable", { body: tableOf(TableName), unless: "ResourceInUseException" });
    const found = await elsewhere(caller, put);
    if (found.status !== 200) problems.push(`${TableName} was made, and is answered ${textOf(found)}`);
    caller.turn();
    await ended(caller, "DeleteTable", { body: { TableName }, unless: "ResourceNotFoundException" });
    const gone = await elsewhere(caller, put);
    if (!textOf(gone).includes("ResourceNotFoundException")) {
      problems.push(`${TableName} was dropped, and is answered ${textOf(gone)}`);
    }
    await systemClock().sleep(pauseMs);
  }
}

function tableOf(TableName: string): object {
  return {
    TableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  };
}

async function ended(
  caller: RetryingCaller,
  operation: string,
  { body, unless }: { readonly body: object; readonly unless: string },
): Promise<void> {
  const answer = await caller.call(operation, body, true);
  if (answer.status !== 200 && !textOf(answer).includes(unless))
    throw new Error(`${operation}: ${textOf(answer)}`);
}

function elsewhere(caller: RetryingCaller, put: object): Promise<CallAnswer> {
  caller.turn();
  return caller.call("PutItem", put, true);
}

function textOf({ status, body }: CallAnswer): string {
  return `${status} ${JSON.stringify(body)}`;
}
