/**
 * Versions: one counter for the whole store. Blocks of it are reserved in the file before use, so that a
 * crashed store goes on above everything it may have handed out, without writing the counter in every commit.
 */
import { assert } from "../../base/index.ts";
import type { Version } from "../contract/index.ts";
import type { SqliteConnection, SqliteStatement } from "./driver.ts";
import { sql } from "./statements.ts";

const blockVersions = 1_000_000;
const metaName = "versionsReserved";

export class VersionSource {
  readonly #write: SqliteStatement;
  #next: Version;
  /** Reserved by a commit. */
  #reservedBelow: Version;
  /** Reserved by the open group. */
  #pendingBelow: Version;

  constructor(connection: SqliteConnection) {
    this.#write = connection.prepare(sql.writeMeta);
    this.#reservedBelow = reservedVersions(connection);
    this.#pendingBelow = this.#reservedBelow;
    this.#next = this.#reservedBelow;
  }

  /** Reserves the next block in the open transaction when this one is used up. */
  next(): Version {
    if (this.#next >= this.#pendingBelow) {
      this.#pendingBelow = this.#next + blockVersions;
      assert(Number.isSafeInteger(this.#pendingBelow), "versions fit into a number");
      this.#write.run(metaName, this.#pendingBelow);
    }
    const version = this.#next;
    this.#next += 1;
    return version;
  }

  committed(): void {
    this.#reservedBelow = this.#pendingBelow;
  }

  /** Versions handed out by the group stay unused. */
  rolledBack(): void {
    this.#pendingBelow = this.#reservedBelow;
  }
}

/** No version at or above this number was ever handed out. */
export function reservedVersions(connection: SqliteConnection): Version {
  const statement = connection.prepare(sql.readMeta);
  statement.setReturnArrays(true);
  const row = statement.get(metaName) as readonly [number] | undefined;
  return row === undefined ? 1 : row[0];
}
