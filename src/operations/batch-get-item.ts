/** BatchGetItem: up to 100 items of several tables; what does not fit into 16 MB comes back as UnprocessedKeys. */
import { type BatchGetItemInput, type KeysAndAttributes, validationError } from "../api/index.ts";
import { limits, type PacedWork } from "../base/index.ts";
import { compileAttributesToGet, type ProjectionPlan } from "../expressions/index.ts";
import type { Consistency, Engine, RecordKey, StoredRecord } from "../storage/contract/index.ts";
import { type Item, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { parsedItem } from "./attribute-values.ts";
import { consumedCapacityJson, readUnits } from "./capacity.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { projectedJson } from "./get-item.ts";
import { nextSlice } from "./next-slice.ts";
import { refuseMixedParameters } from "./parameter-mixing.ts";
import { keyOfParameter, refuseEnteredKeys } from "./primary-key.ts";
import { type BodyPart, joinInSlices, objectParts } from "./response-body.ts";
import { dataTable } from "./table-lookup.ts";
import { orThrow } from "./write-condition.ts";

/**
 * Keys fetched at once, since nobody knows the items' sizes before: eight of 400 KB take 1 ms in SQLite. More would
 * save nothing on small items. This bounds memory under the 16 MB rule too.
 */
const keysPerFetch = 8;

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

interface LocatedRequest {
  readonly request: TableRequest;
  readonly keys: readonly RecordKey[];
}

interface Answered {
  readonly request: TableRequest;
  readonly answer: TableAnswer;
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
    return { request, keys: request.keys.map((key) => keyOfParameter(table, key)) };
  });
  const { engine, pacer } = context.services;
  const work = pacer.begin();
  try {
    const answers = await fetchAll(located, engine, work);
    return await joinInSlices(answerParts(input, answers), work);
  } finally {
    work.end();
  }
}

async function fetchAll(
  located: readonly LocatedRequest[],
  engine: Engine,
  work: PacedWork,
): Promise<readonly Answered[]> {
  const budget: Budget = { sizeBytes: 0 };
  const answers: Answered[] = [];
  for (const { request, keys } of located) {
    const answered: Answered = { request, answer: { items: [], units: 0, processed: 0 } };
    answers.push(answered);
    const { answer } = answered;
    for (let from = 0; from < keys.length && answer.processed === from; from += keysPerFetch) {
      if (work.sliceOver()) await nextSlice(work);
      const records = await engine.getMany(keys.slice(from, from + keysPerFetch), request.consistency);
      await takeRecords(records, { answered, budget, work });
    }
  }
  return answers;
}

/** Of the whole answer, in DynamoDB's arithmetic. */
interface Budget {
  sizeBytes: number;
}

/** Counts items in until the answer is full. */
async function takeRecords(
  records: readonly (StoredRecord | undefined)[],
  {
    answered: { request, answer },
    budget,
    work,
  }: { readonly answered: Answered; readonly budget: Budget; readonly work: PacedWork },
): Promise<void> {
  for (const record of records) {
    const sizeBytes = record === undefined ? 0 : recordHeader(record.value).sizeBytes;
    if (budget.sizeBytes + sizeBytes > limits.batchResponseBytesMax) return;
    budget.sizeBytes += sizeBytes;
    answer.processed += 1;
    answer.units += readUnits(sizeBytes, request.consistency);
    if (record === undefined) continue;
    if (answer.items.length > 0) answer.items.push(",");
    answer.items.push(projectedJson(recordJson(record.value), request.projection));
    if (request.projection !== undefined && work.sliceOver()) await nextSlice(work);
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

function answerParts(input: BatchGetItemInput, answers: readonly Answered[]): readonly BodyPart[] {
  const responses: BodyPart[] = [];
  const unprocessed: string[] = [];
  const capacities: string[] = [];
  for (const { request, answer } of answers) {
    const name = JSON.stringify(request.reference);
    responses.push(`${responses.length === 0 ? "" : ","}${name}:[`, ...answer.items, "]");
    if (answer.processed < request.keys.length)
      unprocessed.push(`${name}:${unprocessedJson(request, answer)}`);
    const capacity = consumedCapacityJson(input.ReturnConsumedCapacity, request.reference, {
      tableUnits: answer.units,
    });
    if (capacity !== undefined) capacities.push(capacity);
  }
  return objectParts([
    ["Responses", ["{", ...responses, "}"]],
    ["UnprocessedKeys", `{${unprocessed.join(",")}}`],
    ["ConsumedCapacity", capacities.length === 0 ? undefined : `[${capacities.join(",")}]`],
  ]);
}

/** The rest of the table's part of the request, as it was sent. */
function unprocessedJson({ asked }: TableRequest, { processed }: TableAnswer): string {
  return JSON.stringify({ ...asked, Keys: asked.Keys.slice(processed) });
}
