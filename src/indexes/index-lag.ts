/** The dial of how far global indexes stay behind their tables. */

/**
 * `none`: whoever reads an index waits until it has caught up. `natural`: it is as far behind as it happens to be. A
 * number: changes are applied when they are this many milliseconds old.
 */
export type IndexLag = "none" | "natural" | number;

export interface IndexLags {
  readonly all: IndexLag;
  /** By `Table/Index`; wins over `all`. */
  readonly byIndex?: Readonly<Record<string, IndexLag>>;
}

export function lagOf({ all, byIndex }: IndexLags, tableName: string, indexName: string): IndexLag {
  const name = `${tableName}/${indexName}`;
  return byIndex !== undefined && Object.hasOwn(byIndex, name) ? (byIndex[name] ?? all) : all;
}
