/** Puts and deletes on the target, until each is done or refused. */
import { limits, monotonicMs } from "../base/index.ts";
import { type Caller, refusalText } from "./caller.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, objectIn, objectsIn } from "./end.ts";
import { keyOf } from "./fingerprint.ts";

export type ItemChange =
  | { readonly kind: "put"; readonly item: Json }
  | { readonly kind: "delete"; readonly key: Json };

export interface RefusedItem {
  readonly key: Json;
  readonly reason: string;
}

export interface WriteTarget {
  readonly caller: Caller;
  readonly table: string;
  readonly keyNames: readonly string[];
}

/** The service works on the rest of a batch as it can; without any progress for this long it is not going to. */
const patienceMs = 300_000;

/** What the target says of an item it will never have, such as one whose attribute does not fit a key of an index. */
const itemRefusals: ReadonlySet<string> = new Set([
  "ValidationException",
  "ItemCollectionSizeLimitExceededException",
]);

/** At most one batch of BatchWriteItem, with one change for each key. */
export async function writeBatch(
  target: WriteTarget,
  changes: readonly ItemChange[],
): Promise<readonly RefusedItem[]> {
  let rest: readonly Json[] = changes.map(requestOf);
  let untilMs = monotonicMs() + patienceMs;
  for (let attempt = 1; rest.length > 0; attempt += 1) {
    const outcome = await target.caller.ask("BatchWriteItem", { RequestItems: { [target.table]: rest } });
    if (outcome.kind === "refused") {
      if (!itemRefusals.has(outcome.error)) {
        throw new CopyFailure(`${target.caller.end.name}: BatchWriteItem: ${refusalText(outcome)}`);
      }
      if (rest.length > 1) return writeOneByOne(target, rest);
      return rest.map((request) => ({
        key: requestKey(request, target.keyNames),
        reason: refusalText(outcome),
      }));
    }
    const left = objectsIn(objectIn(outcome.body, "UnprocessedItems") ?? {}, target.table);
    if (left.length < rest.length) untilMs = monotonicMs() + patienceMs;
    rest = left;
    if (rest.length === 0) break;
    if (monotonicMs() >= untilMs) {
      throw new CopyFailure(`${target.caller.end.name}: BatchWriteItem leaves items undone, again and again`);
    }
    await target.caller.backOff(attempt, "items of a batch were left undone");
  }
  return [];
}

/** A batch is refused as a whole; each of its items by itself tells which ones are meant. */
async function writeOneByOne(
  target: WriteTarget,
  requests: readonly Json[],
): Promise<readonly RefusedItem[]> {
  const refused: RefusedItem[] = [];
  for (const request of requests) {
    refused.push(...(await writeBatch(target, [changeOf(request)])));
  }
  return refused;
}

function requestOf(change: ItemChange): Json {
  return change.kind === "put"
    ? { PutRequest: { Item: change.item } }
    : { DeleteRequest: { Key: change.key } };
}

function changeOf(request: Json): ItemChange {
  const put = objectIn(request, "PutRequest");
  if (put !== undefined) return { kind: "put", item: objectIn(put, "Item") ?? {} };
  return { kind: "delete", key: objectIn(objectIn(request, "DeleteRequest") ?? {}, "Key") ?? {} };
}

function requestKey(request: Json, keyNames: readonly string[]): Json {
  const change = changeOf(request);
  return change.kind === "delete" ? change.key : keyOf(change.item, keyNames);
}

/** Batches of one page that are written at a time: a store that syncs its disk takes many writes in one go. */
export const batchesAtOnce = 4;

/** How many requests a copy with so many workers has under way at one end. */
export function connectionsFor(workersMax: number): number {
  return workersMax * batchesAtOnce;
}

/** Pieces as large as a batch may be. */
export function batchesOf<T>(list: readonly T[]): readonly (readonly T[])[] {
  const size = limits.batchWriteRequestsMax;
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
