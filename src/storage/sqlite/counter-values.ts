/** What a counter stands at, as a connection sees it: in its last commit, or in its open transaction. */
import type { CounterId } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

export class CounterValues {
  readonly #whole: SqliteStatement;
  readonly #part: SqliteStatement;

  constructor(connection: SqliteConnection) {
    this.#whole = connection.prepare(sql.getCounter);
    this.#part = connection.prepare(sql.getPartCounter);
    for (const statement of [this.#whole, this.#part]) statement.setReturnArrays(true);
  }

  get({ keyspace, index, part }: CounterId): number {
    const row = part === undefined ? this.#whole.get(keyspace, index) : this.#part.get(keyspace, index, part);
    return row === undefined ? 0 : (row as readonly [number])[0];
  }
}
