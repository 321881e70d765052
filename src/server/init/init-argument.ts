/** Initial files as people name them: `FILE`, or `TABLE=FILE` for lines of items that name no table. */
import type { InitFile } from "../settings.ts";

const tableName = /^[A-Za-z0-9_.-]{3,255}$/;

/** `Orders=items.json`; a first part that cannot be a table name belongs to the path. */
export function readInitArgument(argument: string): InitFile {
  const equals = argument.indexOf("=");
  const table = equals < 0 ? "" : argument.slice(0, equals);
  return tableName.test(table) ? { path: argument.slice(equals + 1), table } : { path: argument };
}
