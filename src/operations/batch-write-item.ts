/** BatchWriteItem: up to 25 puts and deletes, each atomic by itself; the batch as a whole is not. */
import { ApiError, type BatchWriteItemInput, validationError, type WriteRequest } from "../api/index.ts";
import { limits } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { ItemAction } from "../mutations/index.ts";
import type { RecordKey } from "../storage/contract/index.ts";
import { type Item, type ParsedItem, writeItemJson } from "../values/index.ts";
import { parsedItem, refuseDeepNesting } from "./attribute-values.ts";
import { consumedCapacityJson, sumOfUnits, writtenUnits } from "./capacity.ts";
import { metricsMapJson } from "./collection-metrics.ts";
import type { OperationContext, ResponseBody } from "./context.ts";
import { refuseBadIndexKeys } from "./index-key-rules.ts";
import { itemWrite } from "./item-write.ts";
import { nextSlice } from "./next-slice.ts";
import { keyOfBatchItem, keyOfParameter } from "./primary-key.ts";
import { objectBody } from "./response-body.ts";
import { dataTable } from "./table-lookup.ts";
import { writeItem, type WrittenItem } from "./write-item.ts";

interface BatchedWrite {
  readonly reference: string;
  /** As sent, for UnprocessedItems. */
  readonly request: WriteRequest;
  readonly action: ItemAction;
  /** The item, or its key. */
  readonly keyed: Item;
  readonly key: (table: TableDescription) => RecordKey;
}

export async function batchWriteItem(
  context: OperationContext,
  input: BatchWriteItemInput,
): Promise<ResponseBody> {
  const writes = await batchedWrites(context, input);
  if (writes.length > limits.batchWriteRequestsMax) {
    throw validationError("Too many items requested for the BatchWriteItem call");
  }
  refuseDuplicates(context, writes);
  const ends = await Promise.all(writes.map((write) => runWrite(context, write)));
  const failures = ends.filter((end) => end instanceof ApiError);
  const [failure] = failures;
  if (failure !== undefined && failures.length === writes.length) throw failure;
  return answerBody(input, writes, ends);
}

/** Items are parsed in slices: one of 400 KB takes up to 10 ms. Busy or not, nothing has been written yet. */
async function batchedWrites(
  { services }: OperationContext,
  input: BatchWriteItemInput,
): Promise<readonly BatchedWrite[]> {
  const work = services.pacer.begin();
  try {
    const writes: BatchedWrite[] = [];
    for (const [reference, requests] of Object.entries(input.RequestItems)) {
      for (const request of requests) {
        if (work.sliceOver()) await nextSlice(work);
        writes.push(batchedWrite(reference, request));
      }
    }
    return writes;
  } finally {
    work.end();
  }
}

function batchedWrite(reference: string, request: WriteRequest): BatchedWrite {
  const { PutRequest: put, DeleteRequest: remove } = request;
  if (put !== undefined && remove === undefined) return putWrite(reference, request, parsedItem(put.Item));
  if (remove !== undefined && put === undefined) {
    const parsed = parsedItem(remove.Key);
    return {
      reference,
      request,
      action: { kind: "delete" },
      keyed: parsed.item,
      key: (table) => keyOfParameter(table, parsed.item),
    };
  }
  // DynamoDB's text for an element with no request or with two (sic).
  throw validationError(
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
  );
}

function putWrite(reference: string, request: WriteRequest, parsed: ParsedItem): BatchedWrite {
  if (parsed.sizeBytes > limits.itemBytesMax) {
    throw validationError("Item size has exceeded the maximum allowed size");
  }
  const json = Buffer.from(writeItemJson(parsed.item));
  return {
    reference,
    request,
    action: { kind: "put", json, sizeBytes: parsed.sizeBytes },
    keyed: parsed.item,
    key: (table) => {
      const key = keyOfBatchItem(table, parsed.item);
      refuseBadIndexKeys(table, parsed.item);
      refuseDeepNesting(parsed);
      return key;
    },
  };
}

/** Also checks every key against its table, before anything is written. */
function refuseDuplicates(context: OperationContext, writes: readonly BatchedWrite[]): void {
  const seen = new Set<string>();
  for (const write of writes) {
    const { keyspace, partition, sort } = write.key(dataTable(context, write.reference));
    seen.add(`${keyspace}/${Buffer.from(partition).toString("latin1")}/${Buffer.from(sort).toString("hex")}`);
  }
  if (seen.size !== writes.length) throw validationError("Provided list of item keys contains duplicates");
}

/** What a retry can mend comes back as an error value; anything else fails the whole batch. */
async function runWrite(context: OperationContext, write: BatchedWrite): Promise<WrittenItem | ApiError> {
  try {
    return await writeItem(context, write.reference, (table) => ({
      key: write.key(table),
      write: itemWrite(context, table, { action: write.action, returned: "none", returnOnFailure: false }),
    }));
  } catch (error) {
    if (error instanceof ApiError && error.code === "TransactionConflictException") return error;
    throw error;
  }
}

function answerBody(
  input: BatchWriteItemInput,
  writes: readonly BatchedWrite[],
  ends: readonly (WrittenItem | ApiError)[],
): ResponseBody {
  const unprocessed = new Map<string, WriteRequest[]>();
  const done = new Map<string, { readonly written: WrittenItem; readonly keyed: Item }[]>();
  for (const [index, { reference, request, keyed }] of writes.entries()) {
    const end = ends[index];
    if (end === undefined || end instanceof ApiError) {
      unprocessed.set(reference, [...(unprocessed.get(reference) ?? []), request]);
    } else {
      done.set(reference, [...(done.get(reference) ?? []), { written: end, keyed }]);
    }
  }
  const left = [...unprocessed].map(
    ([name, requests]) => `${JSON.stringify(name)}:${JSON.stringify(requests)}`,
  );
  const capacities = [...done].flatMap(([name, items]) => {
    const units = sumOfUnits(items.map(({ written }) => writtenUnits(written)));
    return consumedCapacityJson(input.ReturnConsumedCapacity, name, units) ?? [];
  });
  const wantsMetrics = input.ReturnItemCollectionMetrics === "SIZE";
  const metered = [...done].flatMap(([reference, items]) =>
    items.map(({ written, keyed }) => ({ ...written, reference, keyed })),
  );
  return objectBody([
    ["UnprocessedItems", `{${left.join(",")}}`],
    ["ItemCollectionMetrics", wantsMetrics ? metricsMapJson(metered) : undefined],
    ["ConsumedCapacity", capacities.length === 0 ? undefined : `[${capacities.join(",")}]`],
  ]);
}
