/** Reads the items of a SELECT that names whole keys, one after the other: each is what GetItem would read. */
import { limits } from "../base/index.ts";
import { type ConditionPlan, evaluateCondition } from "../expressions/index.ts";
import type { StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, type Item, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { readUnits } from "./capacity.ts";
import { projectedJson } from "./get-item.ts";
import { ItemList } from "./item-list.ts";
import { nextSlice } from "./next-slice.ts";
import type { PlannedSelect } from "./planned-select.ts";
import { keyOfParameter } from "./primary-key.ts";
import type { PageReader } from "./read-page.ts";
import type { BodyPart } from "./response-body.ts";
import type { SelectPage, SelectStart } from "./select-page.ts";

/** Eight of the largest items take 1 ms in SQLite; more at once would save nothing on small ones. */
const keysPerFetch = 8;

export interface SelectedPoints {
  readonly keys: readonly Item[];
  readonly filter: ConditionPlan | undefined;
}

/** The one key that a SELECT names, for where one statement is one item. */
export function pointOf({
  keyed,
}: PlannedSelect): { readonly key: Item; readonly filter: ConditionPlan | undefined } | undefined {
  if (keyed.kind !== "points" || keyed.keys.length > 1) return undefined;
  const [key] = keyed.keys;
  return key === undefined ? undefined : { key, filter: keyed.filter };
}

/** Ends after `limit` items that are there, or 1 MB of them. */
export async function readPoints(
  { engine, work }: PageReader,
  select: PlannedSelect,
  { keys, filter, from, limit }: SelectedPoints & SelectStart,
): Promise<SelectPage> {
  const { consistency, projection, target } = select;
  const recordKeys = keys.map((key) => keyOfParameter(target.table, key));
  const items = new ItemList();
  let tableUnits = 0;
  let scannedCount = 0;
  let sizeBytes = 0;
  for (let step = from.step; step < keys.length;) {
    if (work.sliceOver()) {
      items.settle();
      await nextSlice(work);
    }
    const left = limit === undefined ? keysPerFetch : Math.min(keysPerFetch, limit - scannedCount);
    for (const record of await engine.getMany(recordKeys.slice(step, step + left), consistency)) {
      step += 1;
      const itemBytes = record === undefined ? 0 : recordHeader(record.value).sizeBytes;
      tableUnits += readUnits(itemBytes, consistency);
      if (record === undefined) continue;
      scannedCount += 1;
      sizeBytes += itemBytes;
      const json = wantedJson(record, filter, projection);
      if (json !== undefined) items.push(json);
      if (scannedCount !== limit && sizeBytes < limits.pageBytesMax) continue;
      return { items: items.parts(), units: { tableUnits }, ...nextPoint(keys, step) };
    }
  }
  return { items: items.parts(), units: { tableUnits } };
}

function wantedJson(
  record: StoredRecord,
  filter: ConditionPlan | undefined,
  projection: PlannedSelect["projection"],
): BodyPart | undefined {
  const json = recordJson(record.value);
  if (filter !== undefined && !evaluateCondition(filter, decodeItem(json))) return undefined;
  return projectedJson(json, projection);
}

/** Nothing when the last key was read: nothing can follow it, unlike in a range. */
function nextPoint(keys: readonly Item[], step: number): Pick<SelectPage, "next"> {
  const last = keys[step - 1];
  if (step >= keys.length || last === undefined) return {};
  return { next: { position: { step }, lastKeyJson: writeItemJson(last) } };
}
