/** Counts and checksums of a table on both ends, from reading all of it on both. */
import { ChecksumBuilder, type TableChecksum } from "./checksum.ts";
import type { CopyContext } from "./copy-context.ts";
import { itemFingerprint } from "./fingerprint.ts";
import { scanTable } from "./scan-table.ts";
import type { TablePair } from "./table-pair.ts";
import { eachOf } from "./workers.ts";

export interface TableComparison {
  readonly table: string;
  readonly source: TableChecksum;
  readonly target: TableChecksum;
  readonly equal: boolean;
}

export async function compareTable(context: CopyContext, pair: TablePair): Promise<TableComparison> {
  const { name, itemsExpected, sourceBytes, targetBytes } = pair;
  context.progress.begin(`comparing ${name}`, itemsExpected * 2);
  const source = new ChecksumBuilder();
  const target = new ChecksumBuilder();
  const sides = [
    { end: context.source, tableBytes: sourceBytes, checksum: source },
    { end: context.target, tableBytes: targetBytes, checksum: target },
  ];
  await eachOf(sides, { workersMax: 2, signal: context.signal }, async (side, signal) => {
    const { end, tableBytes, checksum } = side;
    await scanTable({ ...context, signal }, { end, table: name, tableBytes }, (items) => {
      for (const item of items) checksum.add(itemFingerprint(item));
    });
  });
  const [left, right] = [source.result(), target.result()];
  const equal = left.items === right.items && left.sum === right.sum;
  return { table: name, source: left, target: right, equal };
}
