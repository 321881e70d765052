/** Counter changes of a group, summed so that each counter is written once per commit however often it moved. */
import type { CounterDelta, Keyspace } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

export class CounterSums {
  readonly #add: SqliteStatement;
  readonly #sums = new Map<Keyspace, Map<number, number>>();

  constructor(connection: SqliteConnection) {
    this.#add = connection.prepare(sql.addCounter);
  }

  add({ counter, delta }: CounterDelta): void {
    let sums = this.#sums.get(counter.keyspace);
    if (sums === undefined) {
      sums = new Map();
      this.#sums.set(counter.keyspace, sums);
    }
    sums.set(counter.index, (sums.get(counter.index) ?? 0) + delta);
  }

  /** Counters of a dropped keyspace read as 0 and go with it. */
  forget(keyspace: Keyspace): void {
    this.#sums.delete(keyspace);
  }

  /** Into the open transaction. */
  write(): void {
    for (const [keyspace, sums] of this.#sums) {
      for (const [index, sum] of sums) {
        if (sum !== 0) {
          this.#add.run(keyspace, index, sum);
        }
      }
    }
  }

  clear(): void {
    this.#sums.clear();
  }
}
