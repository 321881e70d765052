/** Reads all table records of a store, in pages that are short pieces of work. */
import { type Engine, type RangeBound } from "../storage/contract/index.ts";
import { decodeTable, tablesKeyspace } from "./records.ts";
import type { TableDescription } from "./types.ts";

/** A record takes some 8 µs to read and to parse: a page is a slice of about a millisecond. */
const pageRecords = 100;
const pageBytes = 256 * 1024;

export async function* loadTables(engine: Engine): AsyncGenerator<readonly TableDescription[]> {
  let lower: RangeBound | undefined;
  for (;;) {
    const page = await engine.range({
      keyspace: tablesKeyspace,
      placement: 0,
      ...(lower === undefined ? {} : { lower }),
      reverse: false,
      recordsMax: pageRecords,
      bytesMax: pageBytes,
      consistency: "strong",
    });
    yield page.records.map(decodeTable);
    const last = page.records.at(-1);
    if (!page.more || last === undefined) return;
    lower = { partition: last.key.partition, sort: last.key.sort, inclusive: false };
  }
}
