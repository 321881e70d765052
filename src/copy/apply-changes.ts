/**
 * Brings the items of some keys on the target to what they are on the source now. Each item is read after its key was heard
 * of, so what is written is at least as new as the change. Keys of one call are worked on side by side; calls for the same
 * table must follow each other, or an item that was read earlier could be written later.
 */
import { canonicalItem } from "./canonical-item.ts";
import type { CopyContext } from "./copy-context.ts";
import type { Json } from "./end.ts";
import { keyOf } from "./fingerprint.ts";
import { readItems } from "./read-items.ts";
import { noteRefused } from "./refused-items.ts";
import { eachOf } from "./workers.ts";
import { batchesOf, type ItemChange, writeBatch } from "./write-items.ts";

export interface ChangedTable {
  readonly name: string;
  readonly keyNames: readonly string[];
  /** Counts what the target would not have, each key once. */
  readonly tally: { refusedItems: number };
  readonly refusedKeys: Set<string>;
}

/** Resolves with the number of different keys when the target has acknowledged all of them. */
export async function applyChanges(
  context: CopyContext,
  table: ChangedTable,
  keys: readonly Json[],
): Promise<number> {
  const distinct = new Map(keys.map((key) => [canonicalItem(key), key]));
  const limits = { workersMax: context.workersMax, signal: context.signal };
  // As many as a batch of writes takes: a hundred items of the largest size would be a long answer.
  await eachOf(batchesOf([...distinct]), limits, async (batch, signal) => {
    const items = await readItems(
      context.source.with({ signal }),
      table.name,
      batch.map(([, key]) => key),
    );
    const changes = changesOf(new Map(batch), items, table.keyNames);
    await context.rate.take(
      changes.map((change) => (change.kind === "put" ? change.item : change.key)),
      signal,
    );
    const target = { caller: context.target.with({ signal }), table: table.name, keyNames: table.keyNames };
    const refused = await writeBatch(target, changes);
    const fresh = refused.filter(({ key }) => !table.refusedKeys.has(canonicalItem(key)));
    for (const { key } of fresh) table.refusedKeys.add(canonicalItem(key));
    noteRefused(context, { table: table.name, state: table.tally, refused: fresh });
  });
  return distinct.size;
}

function changesOf(
  keys: ReadonlyMap<string, Json>,
  items: readonly Json[],
  keyNames: readonly string[],
): readonly ItemChange[] {
  const found = new Map(items.map((item) => [canonicalItem(keyOf(item, keyNames)), item]));
  return [...keys].map(([text, key]) => {
    const item = found.get(text);
    return item === undefined ? { kind: "delete", key } : { kind: "put", item };
  });
}
