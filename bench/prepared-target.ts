/** A server with the tables of the workloads, filled; and what else needs tables and items quickly. */
import { apiCall, apiCallOk } from "./api-call.ts";
import { type Target, targetChoice } from "./targets.ts";
import { fillRequests, tableDefinitions } from "./workloads.ts";

/** Runs on these cores only, when they are given. */
export async function preparedTarget(name: string, cores?: readonly number[]): Promise<Target> {
  console.error(`starting ${name}`);
  const target = await targetChoice(name).start(cores);
  for (const definition of tableDefinitions) await createTable(target.endpoint, definition);
  console.error(`filling ${name}`);
  await writeBatches(target.endpoint, fillRequests());
  return target;
}

/** Several at a time, as fast as it goes. */
export async function writeBatches(endpoint: string, batches: Iterable<object>): Promise<void> {
  const left = batches[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      await apiCallOk(endpoint, "BatchWriteItem", next.value);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Waits until it is ACTIVE; a table that is there already will do. */
export async function createTable(endpoint: string, definition: object): Promise<void> {
  const created = await apiCall(endpoint, "CreateTable", definition);
  if (created.status !== 200 && !created.text.includes("ResourceInUseException"))
    throw new Error(created.text);
  const { TableName: name } = definition as { TableName: string };
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    const { Table: table } = await apiCallOk(endpoint, "DescribeTable", { TableName: name });
    if ((table as { TableStatus?: string }).TableStatus === "ACTIVE") return;
    if (performance.now() > deadlineMs) throw new Error(`table ${name} did not become ACTIVE`);
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
  }
}
