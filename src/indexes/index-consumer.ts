/**
 * The consumer of an index that is built from the change log: item changes in log order to entries of the index. Changes
 * of one item follow each other in one shard, so the last outcome for an entry's key within a batch is the one that counts.
 */
import { type Consumer, type ConsumerOutput, decodeItemChange } from "../changes/index.ts";
import {
  type DerivedIndex,
  fedIndexes,
  indexConsumerId,
  type TableDescription,
  tableShards,
} from "../catalog/index.ts";
import { latin1, type LogRecord, type RecordKey } from "../storage/contract/index.ts";
import { decodeItem, type Item } from "../values/index.ts";
import { type EntryChange, entryChange } from "./entry-change.ts";
import { type EntryOutcome, entryRecord, type IndexOutput, indexOutputKind } from "./index-output.ts";
import { builtShape, type EntryShape, tableKeyAttributes } from "./index-shape.ts";

/** What an index makes of one change of an item. */
type ChangeOf = (before: Item | undefined, after: Item | undefined) => EntryChange;

export function indexConsumers(
  table: TableDescription,
  delayMsOf: (indexName: string) => number,
): readonly Consumer[] {
  const tableKey = tableKeyAttributes(table);
  return fedIndexes(table).map((index) => {
    const shape = builtShape(index, tableKey);
    return derivedConsumer(table, index, {
      shape,
      changeOf: (before, after) => entryChange(shape, tableKey, { before, after }),
      delayMs: () => delayMsOf(index.name),
    });
  });
}

interface DerivedConsumer {
  readonly shape: Pick<EntryShape, "keyspace" | "projected">;
  readonly changeOf: ChangeOf;
  readonly delayMs: () => number;
}

function derivedConsumer(
  table: TableDescription,
  index: DerivedIndex,
  { shape, changeOf, delayMs }: DerivedConsumer,
): Consumer {
  return {
    id: indexConsumerId(index.keyspace),
    shards: tableShards(table),
    outputKind: indexOutputKind,
    // Refused from the commit on that drops the index.
    epochs: [{ keyspace: index.keyspace, epoch: index.sinceEpoch }],
    delayMs,
    prepare: (records) => outputOf(records, { shape, changeOf, sinceEpoch: index.sinceEpoch }),
  };
}

interface Applying extends Pick<DerivedConsumer, "shape" | "changeOf"> {
  readonly sinceEpoch: number;
}

/** Undefined when the records change nothing in the index. */
function outputOf(
  records: readonly LogRecord[],
  { shape, changeOf, sinceEpoch }: Applying,
): ConsumerOutput | undefined {
  const outcomes = new Map<string, EntryOutcome>();
  const conclude = (outcome: EntryOutcome): void => {
    outcomes.set(keyText(outcome.key), outcome);
  };
  for (const { value, timeMicros } of records) {
    const change = decodeItemChange(value);
    // Whoever wrote it did not know of the index, and may have left out what it needs.
    if (change.epoch < sinceEpoch) continue;
    const { before, after, removes, puts } = changeOf(itemOf(change.before), itemOf(change.after));
    if (removes && before !== undefined) conclude({ key: before.key });
    if (puts && after !== undefined) {
      const json = change.whole ? change.after : undefined;
      const source = { json, writeTimeMicros: timeMicros, regionId: 0 };
      conclude({ key: after.key, value: entryRecord(shape, after, source) });
    }
  }
  if (outcomes.size === 0) return undefined;
  const entries = [...outcomes.values()];
  const args: IndexOutput = { keyspace: shape.keyspace, entries };
  return { keys: entries.map(({ key }) => key), args };
}

function itemOf(json: Uint8Array | undefined): Item | undefined {
  return json === undefined ? undefined : decodeItem(json);
}

function keyText({ placement, partition, sort }: RecordKey): string {
  return `${placement}/${latin1(partition)}/${partition.length}/${latin1(sort)}`;
}
