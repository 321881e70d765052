/**
 * Reads the keys of changed items from a table's change log, in bounded time and memory: shard by shard a few records at
 * a time, so that one busy shard does not keep the others waiting.
 */
import { limits, type PacedWork } from "../base/index.ts";
import type { TableDescription } from "../catalog/index.ts";
import { decodeItemChange, itemShard } from "../changes/index.ts";
import { tableKeyAttributes } from "../indexes/index.ts";
import { type Engine, latin1, type LogRecord } from "../storage/contract/index.ts";
import { decodeItem, writeItemJson } from "../values/index.ts";
import type { Services } from "./context.ts";
import { nextSlice } from "./next-slice.ts";

export interface KeyRequest {
  /** By bucket: what was read before. */
  readonly positions: readonly number[];
  readonly recordsMax: number;
}

export type ChangedKeys =
  | {
      readonly kind: "keys";
      /** JSON texts, different from each other. */
      readonly keys: readonly string[];
      /** By bucket: through where the keys reach. */
      readonly positions: readonly number[];
      /** There was nothing more in any shard when it was read. */
      readonly caughtUp: boolean;
    }
  /** What follows the position of this bucket is not there any more. */
  | { readonly kind: "trimmed"; readonly bucket: number };

/** Records read at once while their size is not known: up to 0.8 MB each, where an index holds all of an item. */
const firstRecordsMax = 8;
const pageRecordsMax = 100;

export async function readChangedKeys(
  { engine, pacer }: Pick<Services, "engine" | "pacer">,
  table: TableDescription,
  request: KeyRequest,
): Promise<ChangedKeys> {
  const work = pacer.begin();
  try {
    return await new KeyReading(engine, table, request).run(work);
  } finally {
    work.end();
  }
}

class KeyReading {
  readonly #engine: Engine;
  readonly #table: TableDescription;
  readonly #positions: number[];
  readonly #keys = new Map<string, string>();
  #recordsLeft: number;
  #bytesLeft: number = limits.pageBytesMax;
  #largestBytes = 0;

  constructor(engine: Engine, table: TableDescription, { positions, recordsMax }: KeyRequest) {
    this.#engine = engine;
    this.#table = table;
    this.#positions = [...positions];
    this.#recordsLeft = recordsMax;
  }

  async run(work: PacedWork): Promise<ChangedKeys> {
    let open = this.#bucketsInTurn();
    while (open.length > 0 && !this.#isFull) {
      const share = Math.max(1, Math.floor(this.#recordsLeft / open.length));
      const more: number[] = [];
      for (const bucket of open) {
        if (work.sliceOver()) await nextSlice(work);
        const read = this.#isFull ? "more" : await this.#readBucket(bucket, share);
        if (read === "trimmed") return { kind: "trimmed", bucket };
        if (read === "more") more.push(bucket);
      }
      open = more;
    }
    const keys = [...this.#keys.values()];
    return { kind: "keys", keys, positions: this.#positions, caughtUp: open.length === 0 };
  }

  /** Each call that reads something begins elsewhere than the one before, so that small limits are fair, too. */
  #bucketsInTurn(): readonly number[] {
    const count = this.#positions.length;
    const first = this.#positions.reduce((sum, position) => (sum + position) % count, 0);
    return Array.from({ length: count }, (_, index) => (first + index) % count);
  }

  get #isFull(): boolean {
    return this.#recordsLeft <= 0 || this.#bytesLeft <= 0;
  }

  async #readBucket(bucket: number, share: number): Promise<"more" | "end" | "trimmed"> {
    const shard = itemShard(this.#table.keyspace, bucket);
    const after = this.#positions[bucket] ?? 0;
    const page = await this.#engine.readLog(shard, after, Math.min(share, this.#recordsAtOnce));
    if (page.kind === "trimmed") return "trimmed";
    const [first] = page.records;
    if (first === undefined) return "end";
    if (first.position !== after + 1) return "trimmed";
    for (const record of page.records) this.#takeIn(bucket, record);
    return "more";
  }

  get #recordsAtOnce(): number {
    if (this.#largestBytes === 0) return firstRecordsMax;
    const fitting = Math.floor(this.#bytesLeft / this.#largestBytes);
    return Math.max(1, Math.min(pageRecordsMax, fitting));
  }

  #takeIn(bucket: number, { position, value }: LogRecord): void {
    const { partition, sort, before, after } = decodeItemChange(value);
    this.#positions[bucket] = position;
    this.#recordsLeft -= 1;
    this.#bytesLeft -= value.length;
    this.#largestBytes = Math.max(this.#largestBytes, value.length);
    const name = `${partition.length}/${latin1(partition)}${latin1(sort)}`;
    const image = after ?? before;
    if (image !== undefined && !this.#keys.has(name)) this.#keys.set(name, this.#keyJson(image));
  }

  #keyJson(image: Uint8Array): string {
    const item = decodeItem(image);
    const key = tableKeyAttributes(this.#table).flatMap(({ name }) => {
      const value = item.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return writeItemJson(new Map(key));
  }
}
