/**
 * Whether an index holds exactly the entries of its table's items. Two walks: the items, each of which makes an entry
 * that must be there, and the entries, of which there may be no others.
 */
import { compareBytes } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import type { Engine, RecordKey } from "../storage/contract/index.ts";
import { decodeItem, type Item, recordHeader, recordIntact, recordJson } from "../values/index.ts";
import type { BackfillProgress } from "./backfill.ts";
import { baseKey } from "./base-key.ts";
import type { CheckedIndex } from "./verify-checked-index.ts";
import { Doubts, sameKey } from "./verify-index-log.ts";
import { intactItem, recordsOf, type Tell } from "./verify-walk.ts";

/** The check of one index: told of every item first, then asked about the entries. */
export class IndexCheck {
  readonly #engine: Engine;
  readonly #table: TableDescription;
  readonly #index: CheckedIndex;
  readonly #tell: Tell;
  readonly #doubts: Doubts;
  /** Entries that are where an item makes one. */
  #met = 0;

  constructor(
    engine: Engine,
    { table, index }: { readonly table: TableDescription; readonly index: CheckedIndex },
    tell: Tell,
  ) {
    this.#engine = engine;
    this.#table = table;
    this.#index = index;
    this.#tell = tell;
    this.#doubts = new Doubts(engine, index, tell);
  }

  async meetItem(key: RecordKey, item: Item): Promise<void> {
    const { name, backfill } = this.#index;
    const entry = this.#index.entryOf(item);
    if (entry === undefined) return;
    const stored = await this.#engine.get(entry.key, "strong");
    if (stored !== undefined) this.#met += 1;
    if (stored === undefined && backfill !== undefined && !isPast(backfill, key)) return;
    if (stored !== undefined && this.#index.holds(stored, entry)) return;
    const problem =
      stored === undefined
        ? `index ${name} lacks the entry of an item`
        : `index ${name} has an entry that is not as its item`;
    await this.#doubts.add({ item: key, entry: entry.key, problem });
  }

  /** After the last item: number and bytes of the entries. */
  async finish(): Promise<{ readonly items: number; readonly bytes: number }> {
    let items = 0;
    let bytes = 0;
    for await (const { value } of recordsOf(this.#engine, this.#index)) {
      items += 1;
      if (recordIntact(value)) bytes += recordHeader(value).sizeBytes;
      else this.#tell(`an entry of index ${this.#index.name} is damaged`);
    }
    // Every item meets another entry, so with no more entries than that none is left over.
    if (items !== this.#met) await this.#findOthers();
    await this.#doubts.settle();
    return { items, bytes };
  }

  async #findOthers(): Promise<void> {
    const { name } = this.#index;
    for await (const record of recordsOf(this.#engine, this.#index)) {
      const entry = intactItem(record, `an entry of index ${name}`, () => undefined);
      if (entry === undefined) continue;
      const key = baseKey(this.#table, entry);
      if (key === undefined) {
        this.#tell(`index ${name} has an entry without its item's key`);
        continue;
      }
      const item = await this.#itemAt(key);
      const made = item === undefined ? undefined : this.#index.entryOf(item);
      if (made !== undefined && sameKey(made.key, record.key)) continue;
      await this.#doubts.add({
        item: key,
        entry: record.key,
        problem: `index ${name} has an entry that no item makes`,
      });
    }
  }

  async #itemAt(key: RecordKey): Promise<Item | undefined> {
    const stored = await this.#engine.get(key, "strong");
    return stored === undefined || !recordIntact(stored.value)
      ? undefined
      : decodeItem(recordJson(stored.value));
  }
}

/** Whether the backfill has looked at this item. */
function isPast({ bucket, after }: BackfillProgress, { placement, partition, sort }: RecordKey): boolean {
  if (placement !== bucket) return placement < bucket;
  if (after === undefined) return false;
  const order = compareBytes(partition, Buffer.from(after.partition, "base64"));
  return order < 0 || (order === 0 && compareBytes(sort, Buffer.from(after.sort, "base64")) <= 0);
}
