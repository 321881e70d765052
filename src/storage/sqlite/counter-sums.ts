/** Counter changes of a group, summed so that each counter is written once per commit however often it moved. */
import { type CounterDelta, type CounterId, type Keyspace, latin1 } from "../contract/index.ts";
import { CounterValues } from "./counter-values.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

interface Sum {
  readonly counter: CounterId;
  /** Before this group, once it was asked for. */
  before: number | undefined;
  delta: number;
}

export class CounterSums {
  readonly #values: CounterValues;
  readonly #add: SqliteStatement;
  readonly #putPart: SqliteStatement;
  readonly #deletePart: SqliteStatement;
  readonly #sums = new Map<Keyspace, Map<number | string, Sum>>();

  constructor(connection: SqliteConnection) {
    this.#values = new CounterValues(connection);
    this.#add = connection.prepare(sql.addCounter);
    this.#putPart = connection.prepare(sql.putPartCounter);
    this.#deletePart = connection.prepare(sql.deletePartCounter);
  }

  /** As the open group sees it; not of a dropped keyspace. */
  value(counter: CounterId): number {
    const sum = this.#sum(counter);
    return this.#before(sum) + sum.delta;
  }

  add({ counter, delta }: CounterDelta): void {
    this.#sum(counter).delta += delta;
  }

  /** Counters of a dropped keyspace read as 0 and go with it. */
  forget(keyspace: Keyspace): void {
    this.#sums.delete(keyspace);
  }

  /** Into the open transaction. */
  write(): void {
    for (const sums of this.#sums.values()) {
      for (const sum of sums.values()) {
        if (sum.delta !== 0) this.#write(sum);
      }
    }
  }

  clear(): void {
    this.#sums.clear();
  }

  #write(sum: Sum): void {
    const { keyspace, index, part } = sum.counter;
    if (part === undefined) {
      this.#add.run(keyspace, index, sum.delta);
      return;
    }
    const value = this.#before(sum) + sum.delta;
    if (value === 0) {
      this.#deletePart.run(keyspace, index, part);
    } else {
      this.#putPart.run(keyspace, index, part, value);
    }
  }

  #before(sum: Sum): number {
    sum.before ??= this.#values.get(sum.counter);
    return sum.before;
  }

  #sum(counter: CounterId): Sum {
    const { keyspace, index, part } = counter;
    let sums = this.#sums.get(keyspace);
    if (sums === undefined) {
      sums = new Map();
      this.#sums.set(keyspace, sums);
    }
    const name = part === undefined ? index : `${index}/${latin1(part)}`;
    let sum = sums.get(name);
    if (sum === undefined) {
      sum = { counter, before: undefined, delta: 0 };
      sums.set(name, sum);
    }
    return sum;
  }
}
