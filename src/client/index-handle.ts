/** What a test may do to the global indexes of this Stator: hold them up, and wait for them. */
import { derivedIndexes, type TableDescription } from "../catalog/index.ts";
import type { IndexName } from "../indexes/index.ts";
import type { StatorCore } from "../server/index.ts";

/** How far one index is behind its table. */
export interface IndexLagFigures {
  readonly table: string;
  readonly index: string;
  /** Changes of items that are not applied yet. */
  readonly changes: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly oldestMs: number;
}

/** Tables are those of the region that `open` was given. Unknown names reject with an Error. */
export interface IndexHandle {
  /** Resolves when the index, or all of them, hold what was written before the call. Not for paused ones. */
  caughtUp(tableName?: string, indexName?: string): Promise<void>;
  /** The index stays as it is, whatever is written, until `resume`. */
  pause(tableName: string, indexName: string): Promise<void>;
  resume(tableName: string, indexName: string): void;
  lag(): Promise<readonly IndexLagFigures[]>;
}

export function createIndexHandle({ services, indexes }: StatorCore, region: string): IndexHandle {
  const { catalog } = services;
  const find = (tableName: string, indexName: string): IndexName => {
    const table = tablesOf(catalog.tables(), region).find(({ name }) => name === tableName);
    if (table === undefined || !derivedIndexes(table).some(({ name }) => name === indexName)) {
      throw new Error(`there is no global index ${indexName} of a table ${tableName}`);
    }
    return { table, indexName };
  };
  return {
    async caughtUp(tableName, indexName) {
      if (tableName !== undefined && indexName !== undefined) find(tableName, indexName);
      await indexes?.caughtUp(
        ({ table, indexName: name }) =>
          (tableName === undefined || table.name === tableName) &&
          (indexName === undefined || name === indexName),
      );
    },
    async pause(tableName, indexName) {
      await indexes?.pause(find(tableName, indexName));
    },
    resume(tableName, indexName) {
      indexes?.resume(find(tableName, indexName));
    },
    async lag() {
      const figures = (await indexes?.lag()) ?? [];
      return figures.map(({ table, indexName, records, oldestMs }) => ({
        table: table.name,
        index: indexName,
        changes: records,
        oldestMs,
      }));
    },
  };
}

function tablesOf(tables: readonly TableDescription[], region: string): readonly TableDescription[] {
  return tables.filter(({ namespace }) => namespace.region === region);
}
