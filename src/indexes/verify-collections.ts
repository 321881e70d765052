/**
 * Whether item collections are as large as is counted. Items, local entries and counters all come in the order of
 * partition bytes, so they are walked side by side, one partition at a time.
 */
import { compareBytes } from "../base/index.ts";
import { tableCounters, type TableDescription } from "../catalog/index.ts";
import type { Engine, Keyspace } from "../storage/contract/index.ts";
import { recordHeader, recordIntact } from "../values/index.ts";
import { pageRecords, type Placed, recordsOf, type Tell } from "./verify-walk.ts";

interface PartBytes {
  readonly part: Uint8Array;
  readonly bytes: number;
}

export async function verifyCollections(
  engine: Engine,
  { table, local }: { readonly table: TableDescription; readonly local: readonly Placed[] },
  tell: Tell,
): Promise<void> {
  const summed = (local.length === 0 ? [] : [table, ...local]).map((placed) => partsOf(engine, placed));
  const counted = countedParts(engine, table.keyspace);
  const streams = await Promise.all([counted, ...summed].map(openStream));
  const [counter] = streams;
  for (;;) {
    const part = firstPart(streams);
    if (part === undefined) return;
    const counts = counter === undefined ? 0 : await taken(counter, part);
    let bytes = 0;
    for (const stream of streams) if (stream !== counter) bytes += await taken(stream, part);
    if (counts !== bytes) tell(`an item collection counts ${counts} bytes and has ${bytes}`);
  }
}

interface Stream {
  readonly source: AsyncGenerator<PartBytes>;
  next: PartBytes | undefined;
}

async function openStream(source: AsyncGenerator<PartBytes>): Promise<Stream> {
  return { source, next: await nextOf(source) };
}

async function nextOf(source: AsyncGenerator<PartBytes>): Promise<PartBytes | undefined> {
  const { done, value } = await source.next();
  return done === true ? undefined : value;
}

function firstPart(streams: readonly Stream[]): Uint8Array | undefined {
  let first: Uint8Array | undefined;
  for (const { next } of streams) {
    if (next !== undefined && (first === undefined || compareBytes(next.part, first) < 0)) first = next.part;
  }
  return first;
}

/** Of this part; the stream goes on to the next one. */
async function taken(stream: Stream, part: Uint8Array): Promise<number> {
  let bytes = 0;
  while (stream.next !== undefined && compareBytes(stream.next.part, part) === 0) {
    bytes += stream.next.bytes;
    stream.next = await nextOf(stream.source);
  }
  return bytes;
}

/** One for each record. */
async function* partsOf(engine: Engine, placed: Placed): AsyncGenerator<PartBytes> {
  for await (const { key, value } of recordsOf(engine, placed)) {
    yield { part: key.partition, bytes: recordIntact(value) ? recordHeader(value).sizeBytes : 0 };
  }
}

async function* countedParts(engine: Engine, keyspace: Keyspace): AsyncGenerator<PartBytes> {
  let after: Uint8Array | undefined;
  for (;;) {
    const parts = await engine.counterParts({
      keyspace,
      index: tableCounters.collectionBytes,
      ...(after === undefined ? {} : { after }),
      countMax: pageRecords,
    });
    for (const { part, value } of parts) yield { part, bytes: value };
    after = parts.at(-1)?.part;
    if (parts.length < pageRecords || after === undefined) return;
  }
}
