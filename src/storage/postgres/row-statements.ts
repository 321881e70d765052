/**
 * Statements about several rows under one head, written out row by row. A spread store needs them: it takes an INSERT
 * with VALUES to the one server it concerns, while one from a SELECT without tables goes through files on the way
 * (docs/adr/0019). The texts are of sizes 1 to 64, powers of two, so that few have to be prepared.
 */
import { assert } from "../../base/index.ts";
import type { PostgresParameter, PostgresStatement } from "./driver.ts";

/** A column and its type. */
export type RowColumn = readonly [name: string, type: string];

/** Values of one row, in the order of the columns, without the head. */
export type Row = readonly PostgresParameter[];

export interface RowStatement {
  readonly width: number;
  /** By their number of rows, most first. */
  readonly bySize: readonly { readonly size: number; readonly statement: PostgresStatement }[];
}

export interface RowInsert {
  readonly name: string;
  readonly table: string;
  /** Without h, which comes first. */
  readonly columns: readonly RowColumn[];
  /** What follows the rows. */
  readonly conflict?: string;
}

export interface RowSelection {
  readonly name: string;
  /** Up to the WHERE, which this adds: `h = $1` and the rows. */
  readonly head: string;
  readonly columns: readonly RowColumn[];
  /** What follows the rows. */
  readonly rest?: string;
}

const sizes = [64, 32, 16, 8, 4, 2, 1] as const;

export function insertOfRows({ name, table, columns, conflict = "" }: RowInsert): RowStatement {
  const names = ["h", ...columns.map(([column]) => column)].join(", ");
  return rowStatement(name, columns, (rows) => {
    const values = rows.map((row) => `($1::int4, ${row})`).join(", ");
    return `INSERT INTO ${table}(${names}) VALUES ${values} ${conflict}`;
  });
}

/** For a SELECT or a DELETE of the rows with these values. */
export function selectionOfRows({ name, head, columns, rest = "" }: RowSelection): RowStatement {
  const names = columns.map(([column]) => column).join(", ");
  return rowStatement(name, columns, (rows) => {
    const values = rows.map((row) => `(${row})`).join(", ");
    return `${head} WHERE h = $1 AND (${names}) IN (${values}) ${rest}`;
  });
}

export type Send<T> = (statement: PostgresStatement, parameters: readonly PostgresParameter[]) => T;

/** One statement or a few. What they were sent with is answered in their order. */
export function sendRows<T>(
  send: Send<T>,
  { width, bySize }: RowStatement,
  { head, rows }: { readonly head: number; readonly rows: readonly Row[] },
): readonly T[] {
  const sent: T[] = [];
  let at = 0;
  while (at < rows.length) {
    const fitting = bySize.find(({ size }) => size <= rows.length - at);
    assert(fitting !== undefined, "one row fits into the smallest statement");
    const chunk = rows.slice(at, at + fitting.size);
    assert(
      chunk.every((row) => row.length === width),
      "a row has a value for each column",
    );
    sent.push(send(fitting.statement, [head, ...chunk.flat()]));
    at += fitting.size;
  }
  return sent;
}

function rowStatement(
  name: string,
  columns: readonly RowColumn[],
  textOf: (rows: readonly string[]) => string,
): RowStatement {
  const width = columns.length;
  return {
    width,
    bySize: sizes.map((size) => {
      const rows = Array.from({ length: size }, (_, row) =>
        columns.map(([, type], column) => `$${2 + row * width + column}::${type}`).join(", "),
      );
      return { size, statement: { name: `${name}-${size}`, text: textOf(rows).trim() } };
    }),
  };
}
