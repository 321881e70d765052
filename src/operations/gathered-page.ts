/** What a page of Query or Scan has gathered so far, and what one more record does to it. */
import { limits } from "../base/index.ts";
import {
  type ConditionPlan,
  evaluateCondition,
  projectItem,
  type ProjectionPlan,
} from "../expressions/index.ts";
import type { StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, type Item, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { ItemList } from "./item-list.ts";
import type { BodyPart } from "./response-body.ts";

/** What is answered of the records that are read. */
export interface PageContent {
  /** Items evaluated at most. */
  readonly limit?: number | undefined;
  /** What is left of a page's 1 MB when the page is read in several steps. */
  readonly bytesMax?: number;
  readonly filter?: ConditionPlan | undefined;
  readonly projection?: ProjectionPlan | undefined;
  /** Select COUNT: no items in the answer. */
  readonly countOnly: boolean;
}

/** One per request. */
export interface Gathered {
  readonly items: ItemList;
  count: number;
  scannedCount: number;
  /** Of the records in the range: items, or entries of an index. */
  sizeBytes: number;
  /** Of items fetched for entries: 4 KB each begun, item by item. */
  fetchedUnits: number;
  last: StoredRecord | undefined;
  /** True in the first slice. */
  first: boolean;
}

export function nothingGathered(): Gathered {
  return {
    items: new ItemList(),
    count: 0,
    scannedCount: 0,
    sizeBytes: 0,
    fetchedUnits: 0,
    last: undefined,
    first: true,
  };
}

/** Counts the record in, filters and projects it; true when it is the last of the page. */
export function gather(record: StoredRecord, content: PageContent, gathered: Gathered): boolean {
  gathered.scannedCount += 1;
  gathered.sizeBytes += recordHeader(record.value).sizeBytes;
  gathered.last = record;
  answer(answerJson(recordJson(record.value), content), content, gathered);
  return gathered.scannedCount === content.limit || gathered.sizeBytes >= bytesMaxOf(content);
}

function bytesMaxOf({ bytesMax = limits.pageBytesMax }: PageContent): number {
  return bytesMax;
}

/** An entry whose item was looked up. */
export interface FetchedEntry {
  readonly entry: StoredRecord;
  /** With its stored JSON; undefined: the item is not there any more, or no longer has this entry. */
  readonly current: { readonly item: Item; readonly json: Uint8Array } | undefined;
  /** Of the item that was read, whether it is answered or not. */
  readonly itemBytes: number;
}

/** The same for an entry and its item, each item rounded up by itself, in the size of the page as in the price. */
export function gatherFetched(fetched: FetchedEntry, content: PageContent, gathered: Gathered): boolean {
  const { entry, current, itemBytes } = fetched;
  gathered.scannedCount += 1;
  gathered.sizeBytes += recordHeader(entry.value).sizeBytes;
  gathered.fetchedUnits += Math.max(1, Math.ceil(itemBytes / limits.readUnitBytes));
  gathered.last = entry;
  if (current !== undefined) answer(wantedJson(current.item, current.json, content), content, gathered);
  const units = Math.ceil(gathered.sizeBytes / limits.readUnitBytes) + gathered.fetchedUnits;
  return gathered.scannedCount === content.limit || units * limits.readUnitBytes >= bytesMaxOf(content);
}

function answer(json: BodyPart | undefined, { countOnly }: PageContent, gathered: Gathered): void {
  if (json === undefined) return;
  if (!countOnly) gathered.items.push(json);
  gathered.count += 1;
}

/** The item's JSON for the answer, undefined when the filter drops it. Parses only what must be looked at. */
function answerJson(json: Uint8Array, content: PageContent): BodyPart | undefined {
  const { filter, projection, countOnly } = content;
  if (filter === undefined && (projection === undefined || countOnly)) return json;
  return wantedJson(decodeItem(json), json, content);
}

function wantedJson(item: Item, json: Uint8Array, { filter, projection }: PageContent): BodyPart | undefined {
  if (filter !== undefined && !evaluateCondition(filter, item)) return undefined;
  return projection === undefined ? json : writeItemJson(projectItem(projection, item));
}
