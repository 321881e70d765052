/**
 * Reads of single records that are asked for in one turn of the event loop share statements: what a server spends on a
 * statement is several times what it spends on one more record. Nobody waits for others; what is alone goes alone.
 */
import { inNextTurn } from "../../base/index.ts";
import type { RecordKey, StoredRecord } from "../contract/index.ts";

export interface RecordReads {
  readonly one: (key: RecordKey) => Promise<StoredRecord | undefined>;
  /** In the order of the keys. */
  readonly many: (keys: readonly RecordKey[]) => Promise<readonly (StoredRecord | undefined)[]>;
}

/** Of one statement: by then its own cost is small, and several sessions share a larger number. */
const keysMax = 32;

interface Asked {
  readonly key: RecordKey;
  readonly resolve: (record: StoredRecord | undefined | Promise<StoredRecord | undefined>) => void;
  readonly reject: (error: unknown) => void;
}

export class GatheredGets {
  readonly #reads: RecordReads;
  #asked: Asked[] = [];

  constructor(reads: RecordReads) {
    this.#reads = reads;
  }

  get(key: RecordKey): Promise<StoredRecord | undefined> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ key, resolve, reject });
      if (this.#asked.length === 1) inNextTurn(() => this.#send());
    });
  }

  #send(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let at = 0; at < asked.length; at += keysMax) {
      const together = asked.slice(at, at + keysMax);
      const [first] = together;
      if (first !== undefined && together.length === 1) first.resolve(this.#reads.one(first.key));
      else void this.#sendTogether(together);
    }
  }

  async #sendTogether(asked: readonly Asked[]): Promise<void> {
    try {
      const records = await this.#reads.many(asked.map(({ key }) => key));
      for (const [index, { resolve }] of asked.entries()) resolve(records[index]);
    } catch (error: unknown) {
      for (const { reject } of asked) reject(error);
    }
  }
}
