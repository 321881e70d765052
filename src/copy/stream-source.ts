/**
 * Changes of a table by its stream: all shards that may be read, some of them at a time, each with one read after the
 * other. Only the keys of records are used.
 */
import type { ChangePage, ChangeSource, ChangeSourceOptions } from "./change-source-types.ts";
import { newShardReader, readShard, type ShardPage, type ShardReader } from "./shard-reader.ts";
import { type StreamListing, streamListing } from "./stream-listing.ts";
import { type StreamPositions, streamPositions, streamPositionsJson } from "./stream-positions.ts";
import {
  firstPositions,
  readableShards,
  type ShardList,
  type StreamName,
  withListed,
} from "./stream-shards.ts";
import { endStream, ensureStream } from "./stream-switch.ts";
import { eachOf } from "./workers.ts";

/** Of one table; each answers a megabyte at most. */
const shardsAtOnce = 16;
/**
 * Records come to the stream a moment after the change, and a read may find nothing although there is something further on.
 * So an end of a shard is believed when so many reads have found nothing, for so long.
 */
const settleReads = 5;
const settleMs = 5000;

export function streamSource(options: ChangeSourceOptions): ChangeSource {
  const { clock, follow, table, source } = options;
  const name = (): StreamName => ({ table, arn: follow.place ?? "" });
  const listing = streamListing(source.with({ service: "DynamoDBStreams" }), name, clock);
  const readers = new Map<string, ShardReader>();
  return {
    async begin(save) {
      await ensureStream(options, save);
      return streamPositionsJson(firstPositions(await listing.now()));
    },
    async read(json): Promise<ChangePage> {
      const before = streamPositions(json);
      const list = await listing.recent();
      const positions = withListed(before, list);
      const due = await dueShards(options, readableShards(positions, list.shards), readers);
      const pages = await readShards(options, { ids: due, positions, readers, listing });
      const next = withRead(positions, pages);
      const open = [...next.shards].filter(([, { done }]) => !done).map(([id]) => readers.get(id));
      const freshMs = freshTo(open);
      return {
        keys: [...pages.values()].flatMap(({ keys }) => keys),
        positions: next === before ? json : streamPositionsJson(next),
        completeToMs: listing.isWhole() ? completeTo(open, list) : undefined,
        behindMs: freshMs === undefined ? undefined : Math.max(0, clock.nowMs() - freshMs),
      };
    },
    /** Nothing can make a stream keep more than a day; but shards are found while they are there. */
    async keep(json) {
      const before = streamPositions(json);
      const next = withListed(before, await listing.now());
      return next === before ? json : streamPositionsJson(next);
    },
    end: () => endStream(options),
  };
}

type Readers = Map<string, ShardReader>;

function readerOf(readers: Readers, id: string): ShardReader {
  const reader = readers.get(id) ?? newShardReader();
  readers.set(id, reader);
  return reader;
}

/** Waits until one of them may be read, or until it is time to look for others. */
async function dueShards(
  { clock, source }: ChangeSourceOptions,
  ids: readonly string[],
  readers: Readers,
): Promise<readonly string[]> {
  const nextMs = (id: string): number => readerOf(readers, id).nextMs;
  const waitMs = Math.min(1000, ...ids.map((id) => nextMs(id) - clock.nowMs()));
  if (waitMs > 0) await source.pause(waitMs);
  const nowMs = clock.nowMs();
  return ids
    .filter((id) => nextMs(id) <= nowMs)
    .sort((left, right) => nextMs(left) - nextMs(right))
    .slice(0, shardsAtOnce);
}

type PagesById = ReadonlyMap<string, ShardPage>;

interface ShardsToRead {
  readonly ids: readonly string[];
  readonly positions: StreamPositions;
  readonly readers: Readers;
  readonly listing: StreamListing;
}

async function readShards(
  options: ChangeSourceOptions,
  { ids, positions, readers, listing }: ShardsToRead,
): Promise<PagesById> {
  const { table, follow, clock } = options;
  const streams = options.source.with({ service: "DynamoDBStreams" });
  const pages = new Map<string, ShardPage>();
  await eachOf(ids, { workersMax: shardsAtOnce, signal: options.signal }, async (id, signal) => {
    const position = positions.shards.get(id);
    if (position === undefined) return;
    const { begunMs } = positions;
    const arn = follow.place ?? "";
    const shard = { table, arn, id, position, reader: readerOf(readers, id), begunMs };
    const page = await readShard(streams.with({ signal }), shard, clock);
    pages.set(id, page);
    if (!page.position.done) return;
    readers.delete(id);
    listing.drained(id);
  });
  return pages;
}

function withRead(positions: StreamPositions, pages: PagesById): StreamPositions {
  const moved = [...pages].filter(([id, { position }]) => positions.shards.get(id) !== position);
  if (moved.length === 0) return positions;
  const shards = new Map(positions.shards);
  for (const [id, { position }] of moved) shards.set(id, position);
  return { ...positions, shards };
}

type OpenReaders = readonly (ShardReader | undefined)[];

/** About until when changes are known, by the times of records; undefined while there is a shard that was not read. */
function freshTo(open: OpenReaders): number | undefined {
  const times = open.map((reader) => reader?.freshMs);
  return times.length === 0 || times.includes(undefined)
    ? undefined
    : Math.min(...times.map((ms) => ms ?? 0));
}

/** All open shards have to be at their end for a while. */
function completeTo(open: OpenReaders, list: ShardList): number | undefined {
  if (open.length === 0) return undefined;
  let oldestMs = list.atMs;
  for (const reader of open) {
    if (reader === undefined || reader.emptyReads < settleReads) return undefined;
    if (reader.lastEmptyMs - reader.emptySinceMs < settleMs) return undefined;
    oldestMs = Math.min(oldestMs, reader.lastEmptyMs);
  }
  return oldestMs - settleMs;
}
