/** The last thing a store's writer does: the write-ahead log is copied into the file and cut off. */
import type { SqliteConnection } from "./driver.ts";
import { isBusy, isDiskFull, storageFailure } from "./sqlite-failure.ts";
import { sql } from "./statements.ts";

/** Without space the log stays beside the file, and the next opening reads it. */
export function emptyWriteAheadLog(connection: SqliteConnection, name: string): void {
  try {
    connection.exec(sql.checkpointAll);
  } catch (error: unknown) {
    if (!isDiskFull(error) && !isBusy(error)) throw storageFailure(error, `closing ${name}`);
  }
}
