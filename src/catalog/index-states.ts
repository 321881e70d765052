/** Where an index that was added to a live table stands, and how it gets further by being told. */
import type { DerivedIndex, TableDescription } from "./types.ts";

/**
 * Space is being made for the index: its backfill has not begun, and it cannot be deleted. Lasts as long as the update
 * of the table that added it, so it is a matter of the table as the catalog shows it and not of a clock.
 */
export function isAllocating(
  { updating, statusUntilMs }: Pick<TableDescription, "updating" | "statusUntilMs">,
  { status, backfill }: Pick<DerivedIndex, "status" | "backfill">,
): boolean {
  return (
    status === "CREATING" &&
    backfill !== undefined &&
    updating === "index" &&
    statusUntilMs === backfill.allocatedMs
  );
}

/** The table with the index complete. */
export function withIndexBuilt(table: TableDescription, indexKeyspace: number): TableDescription {
  const built = <Index extends DerivedIndex>(index: Index): Index => {
    if (index.keyspace !== indexKeyspace) return index;
    const { backfill: _done, ...rest } = { ...index, status: "ACTIVE" };
    // Without an optional member it is still an index of its kind.
    return rest as Index;
  };
  const { globalIndexes, vectorIndexes } = table;
  return {
    ...table,
    ...(globalIndexes !== undefined && { globalIndexes: globalIndexes.map(built) }),
    ...(vectorIndexes !== undefined && { vectorIndexes: vectorIndexes.map(built) }),
  };
}
