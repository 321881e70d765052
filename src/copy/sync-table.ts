/**
 * Makes a table on the target equal to the source's by writing only what differs. Two ends give their items in different
 * orders, so first the target's items are remembered by fingerprints, then the source's are held against them: what is
 * absent or another is put. What nobody named is then looked for on the target, and deleted when the source really has no
 * such item. Tables with more items than fit are done in rounds, each with its share of the keys.
 *
 * The source may change meanwhile: then the result is as old as the moment each item was read, and the next pass takes
 * what came later. With the source at rest both ends are equal afterwards.
 */
import type { CopyContext } from "./copy-context.ts";
import { CopyFailure } from "./copy-failure.ts";
import { type Json, objectIn } from "./end.ts";
import { type Fingerprint, itemFingerprint, keyFingerprint, keyOf } from "./fingerprint.ts";
import { FingerprintTable } from "./fingerprint-table.ts";
import { noteRefused } from "./refused-items.ts";
import { scanTable } from "./scan-table.ts";
import type { TablePair } from "./table-pair.ts";
import { eachOf } from "./workers.ts";
import { batchesOf, batchesAtOnce, type ItemChange, writeBatch } from "./write-items.ts";

export interface SyncedTable {
  readonly table: string;
  /** On the source only; put. */
  readonly missing: number;
  /** On both, not the same; put. */
  readonly changed: number;
  /** On the target only; deleted. */
  readonly extra: number;
  /** Of those to put: the target would not have them. */
  readonly refusedItems: number;
}

/** For a person. */
export function syncedText(synced: SyncedTable, isDryRun = false): string {
  const { table, missing, changed, extra, refusedItems } = synced;
  const verb = isDryRun ? "would be " : "";
  const refused = refusedItems > 0 ? `, ${refusedItems} refused by the target` : "";
  return `${table}: ${missing} missing and ${changed} changed items ${verb}put, ${extra} ${verb}deleted${refused}`;
}

export interface SyncOptions {
  /** Counts what differs and writes nothing. */
  readonly dryRun: boolean;
  /** Items remembered at a time: some 17 to 45 bytes each. */
  readonly itemsMax?: number;
}

const itemsMaxDefault = 4_000_000;
const partsMax = 4096;

interface Tally {
  missing: number;
  changed: number;
  extra: number;
  refusedItems: number;
}

/** The keys whose fingerprint has this rest when divided by `of`. */
interface Part {
  readonly of: number;
  readonly rest: number;
}

interface Round {
  readonly context: CopyContext;
  readonly pair: TablePair;
  readonly dryRun: boolean;
  readonly part: Part;
  readonly tally: Tally;
}

export async function syncTable(
  context: CopyContext,
  pair: TablePair,
  { dryRun, itemsMax = itemsMaxDefault }: SyncOptions,
): Promise<SyncedTable> {
  const tally: Tally = { missing: 0, changed: 0, extra: 0, refusedItems: 0 };
  const of = Math.max(1, Math.ceil(pair.itemsExpected / itemsMax));
  const parts: Part[] = Array.from({ length: of }, (_, rest) => ({ of, rest }));
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const round: Round = { context, pair, dryRun, part, tally };
    const share = part.of === 1 ? "" : `, 1/${part.of} of the keys`;
    context.progress.begin(`looking for differences in ${pair.name}${share}`, pair.itemsExpected * 2);
    const held = await remember(round, itemsMax);
    if (held === undefined) {
      // More items than the ends told of.
      parts.unshift(...halves(part, pair.name));
      continue;
    }
    await putDifferences(round, held);
    if (held.unseen > 0) await deleteExtra(round, held);
  }
  return { table: pair.name, ...tally };
}

function halves({ of, rest }: Part, name: string): readonly Part[] {
  if (of >= partsMax) throw new CopyFailure(`${name} has too many items to look for differences`);
  return [
    { of: of * 2, rest },
    { of: of * 2, rest: rest + of },
  ];
}

class TableFull extends Error {}

/** What the target has in this round; undefined when that is too much. */
async function remember(round: Round, itemsMax: number): Promise<FingerprintTable | undefined> {
  const { context, pair } = round;
  const held = new FingerprintTable(itemsMax);
  const target = { end: context.target, table: pair.name, tableBytes: pair.targetBytes };
  try {
    await scanTable(context, target, (items) => {
      for (const item of items) {
        const key = keyFingerprint(item, pair.keyNames);
        if (isIn(round.part, key) && !held.add(key, itemFingerprint(item))) throw new TableFull();
      }
    });
    return held;
  } catch (error: unknown) {
    if (error instanceof TableFull) return undefined;
    throw error;
  }
}

async function putDifferences(round: Round, held: FingerprintTable): Promise<void> {
  const { context, pair, part, tally } = round;
  const source = { end: context.source, table: pair.name, tableBytes: pair.sourceBytes };
  await scanTable(context, source, async (items, signal) => {
    const puts: ItemChange[] = [];
    for (const item of items) {
      const key = keyFingerprint(item, pair.keyNames);
      if (!isIn(part, key)) continue;
      const match = held.match(key, itemFingerprint(item));
      if (match === "same") continue;
      if (match === "absent") tally.missing += 1;
      else tally.changed += 1;
      puts.push({ kind: "put", item });
    }
    await write(round, puts, signal);
  });
}

async function deleteExtra(round: Round, held: FingerprintTable): Promise<void> {
  const { context, pair, part } = round;
  context.progress.begin(`looking for items to delete in ${pair.name}`, pair.itemsExpected);
  const target = { end: context.target, table: pair.name, tableBytes: pair.targetBytes };
  await scanTable(context, target, async (items, signal) => {
    const changes: ItemChange[] = [];
    for (const item of items) {
      const key = keyFingerprint(item, pair.keyNames);
      if (!isIn(part, key) || !held.isUnseen(key)) continue;
      changes.push(await changeOfUnseen(round, keyOf(item, pair.keyNames), signal));
    }
    await write(round, changes, signal);
  });
}

/** The source is asked once more: the item may have been written there after the scan had passed its place. */
async function changeOfUnseen(
  { context, pair, tally }: Round,
  key: Json,
  signal: AbortSignal,
): Promise<ItemChange> {
  const input = { TableName: pair.name, Key: key, ConsistentRead: true };
  const item = objectIn(await context.source.with({ signal }).need("GetItem", input), "Item");
  if (item === undefined) {
    tally.extra += 1;
    return { kind: "delete", key };
  }
  tally.changed += 1;
  return { kind: "put", item };
}

async function write(round: Round, changes: readonly ItemChange[], signal: AbortSignal): Promise<void> {
  const { context, pair, dryRun, tally } = round;
  if (dryRun) return;
  const limits = { workersMax: batchesAtOnce, signal };
  await eachOf(batchesOf(changes), limits, async (batch, batchSignal) => {
    const items = batch.map((change) => (change.kind === "put" ? change.item : change.key));
    await context.rate.take(items, batchSignal);
    const caller = context.target.with({ signal: batchSignal });
    const refused = await writeBatch({ caller, table: pair.name, keyNames: pair.keyNames }, batch);
    noteRefused(context, { table: pair.name, state: tally, refused });
  });
}

function isIn({ of, rest }: Part, key: Fingerprint): boolean {
  return (key[2] ?? 0) % of === rest;
}
