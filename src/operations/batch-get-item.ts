/** BatchGetItem: up to 100 items of several tables; what does not fit into 16 MB comes back as UnprocessedKeys. */
import { type BatchGetItemInput, type KeysAndAttributes, validationError } from "../api/index.ts";
import { limits } from "../base/index.ts";
import { compileAttributesToGet, type ProjectionPlan } from "../expressions/index.ts";
import type { Consistency, StoredRecord } from "../storage/contract/index.ts";
import { type Item, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { parsedItem } from "./attribute-values.ts";
import { consumedCapacityJson, readUnits } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { projectedJson } from "./get-item.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { type BodyPart, joinBody, objectBody } from "./response-body.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

/** Keys fetched at once, so that the 16 MB rule also bounds memory. */
const keysPerFetch = 25;

/** The part of the request that is about one table. */
interface TableRequest {
  /** As the request spelled it: a name or an ARN. */
  readonly reference: string;
  readonly asked: KeysAndAttributes;
  readonly keys: readonly Item[];
  readonly projection: ProjectionPlan | undefined;
  readonly consistency: Consistency;
}

interface TableAnswer {
  readonly items: BodyPart[];
  units: number;
  /** Index of the first key left unprocessed. */
  processed: number;
}

export async function batchGetItem(
  context: OperationContext,
  input: BatchGetItemInput,
): Promise<ResponseBody> {
  const requests = Object.entries(input.RequestItems).map(([reference, asked]) =>
    tableRequest(context, reference, asked),
  );
  const keyCount = requests.reduce((sum, { keys }) => sum + keys.length, 0);
  if (keyCount > limits.batchGetKeysMax) {
    throw validationError("Too many items requested for the BatchGetItem call");
  }
  const located = requests.map((request) => {
    const table = dataTable(context, request.reference);
    refuseEnteredKeys(table, { projection: request.projection });
    return { request, table, keys: request.keys.map((key) => keyOfParameter(table, key)) };
  });
  const budget = { sizeBytes: 0 };
  const answers: { readonly request: TableRequest; readonly answer: TableAnswer }[] = [];
  for (const { request, keys } of located) {
    const answer: TableAnswer = { items: [], units: 0, processed: 0 };
    answers.push({ request, answer });
    for (let from = 0; from < keys.length && answer.processed === from; from += keysPerFetch) {
      const chunk = keys.slice(from, from + keysPerFetch);
      const records = await context.services.engine.getMany(chunk, request.consistency);
      takeRecords(records, { request, answer, budget });
    }
  }
  return answerBody(input, answers);
}

/** Counts items in until the answer is full. */
function takeRecords(
  records: readonly (StoredRecord | undefined)[],
  { request, answer, budget }: { request: TableRequest; answer: TableAnswer; budget: { sizeBytes: number } },
): void {
  for (const record of records) {
    const sizeBytes = record === undefined ? 0 : recordHeader(record.value).sizeBytes;
    if (budget.sizeBytes + sizeBytes > limits.batchResponseBytesMax) return;
    budget.sizeBytes += sizeBytes;
    answer.processed += 1;
    answer.units += readUnits(sizeBytes, request.consistency);
    if (record === undefined) continue;
    if (answer.items.length > 0) answer.items.push(",");
    answer.items.push(projectedJson(recordJson(record.value), request.projection));
  }
}

function tableRequest(context: OperationContext, reference: string, asked: KeysAndAttributes): TableRequest {
  refuseMixedParameters(asked);
  const keys = asked.Keys.map((key) => parsedItem(key).item);
  const legacy =
    asked.AttributesToGet === undefined ? undefined : orThrow(compileAttributesToGet(asked.AttributesToGet));
  const compiled = orThrow(
    context.services.compiler.compile({
      kinds: ["projection"],
      projection: asked.ProjectionExpression,
      names: asked.ExpressionAttributeNames,
    }),
  );
  refuseDuplicateKeys(keys);
  return {
    reference,
    asked,
    keys,
    projection: compiled.projection ?? legacy,
    consistency: asked.ConsistentRead === true ? "strong" : "eventual",
  };
}

function refuseDuplicateKeys(keys: readonly Item[]): void {
  const seen = new Set(keys.map(keyText));
  if (seen.size !== keys.length) throw validationError("Provided list of item keys contains duplicates");
}

/** One text per key whatever the order of its attributes; no schema is known yet. */
function keyText(key: Item): string {
  return writeItemJson(new Map([...key].sort(([left], [right]) => (left < right ? -1 : 1))));
}

function answerBody(
  input: BatchGetItemInput,
  answers: readonly { readonly request: TableRequest; readonly answer: TableAnswer }[],
): ResponseBody {
  const responses: BodyPart[] = [];
  const unprocessed: string[] = [];
  const capacities: string[] = [];
  for (const { request, answer } of answers) {
    const name = JSON.stringify(request.reference);
    responses.push(`${responses.length === 0 ? "" : ","}${name}:[`, ...answer.items, "]");
    if (answer.processed < request.keys.length)
      unprocessed.push(`${name}:${unprocessedJson(request, answer)}`);
    const capacity = consumedCapacityJson(input.ReturnConsumedCapacity, request.reference, answer.units);
    if (capacity !== undefined) capacities.push(capacity);
  }
  return objectBody([
    ["Responses", joinBody(["{", ...responses, "}"])],
    ["UnprocessedKeys", `{${unprocessed.join(",")}}`],
    ["ConsumedCapacity", capacities.length === 0 ? undefined : `[${capacities.join(",")}]`],
  ]);
}

/** The rest of the table's part of the request, as it was sent. */
function unprocessedJson({ asked }: TableRequest, { processed }: TableAnswer): string {
  return JSON.stringify({ ...asked, Keys: asked.Keys.slice(processed) });
}
