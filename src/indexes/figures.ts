/** How far an index is behind its table, read from the store: by any thread, whoever keeps the index in step. */
import type { Clock } from "../base/index.ts";
import { type DerivedIndex, indexConsumerId, type TableDescription, tableShards } from "../catalog/index.ts";
import { readCursor } from "../changes/index.ts";
import type { Engine } from "../storage/contract/index.ts";
import { readBackfill } from "./backfill.ts";

export interface IndexFigures {
  /** Changes of items that are not applied. */
  readonly records: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly oldestMs: number;
  /** Of an index that is being filled: items looked at so far. */
  readonly itemsSeen?: number;
}

export async function indexFigures(
  { engine, clock }: { readonly engine: Engine; readonly clock: Clock },
  { table, index }: { readonly table: TableDescription; readonly index: DerivedIndex },
): Promise<IndexFigures> {
  const id = indexConsumerId(index.keyspace);
  let records = 0;
  let oldestMicros = Number.POSITIVE_INFINITY;
  for (const shard of tableShards(table)) {
    const { last, oldest } = await engine.logEnd(shard);
    const position = (await readCursor(engine, id, shard))?.position ?? oldest - 1;
    if (position >= last) continue;
    records += last - position;
    const page = await engine.readLog(shard, position, 1);
    const first = page.kind === "records" ? page.records[0] : undefined;
    if (first !== undefined) oldestMicros = Math.min(oldestMicros, first.timeMicros);
  }
  const oldestMs = records === 0 ? 0 : Math.max(0, Math.floor((clock.nowMicros() - oldestMicros) / 1000));
  if (index.backfill === undefined) return { records, oldestMs };
  return { records, oldestMs, itemsSeen: (await readBackfill(engine, index.keyspace)).itemsSeen };
}
