// Statements with their rows written out: which sizes are used, and that each row names the head.
import { expect, test } from "vitest";
import { insertOfRows, selectionOfRows, sendRows } from "./row-statements.ts";

const insert = insertOfRows({
  name: "put",
  table: "log",
  columns: [
    ["shard", "int8"],
    ["value", "bytea"],
  ],
  conflict: "ON CONFLICT (h, shard) DO NOTHING",
});

function sizesSent(count: number): readonly string[] {
  const rows = Array.from({ length: count }, (_, index) => [index, "v"]);
  return sendRows(({ name }) => name, insert, { head: 3, rows });
}

test("rows go in statements of few sizes, the largest first", () => {
  expect(sizesSent(1)).toEqual(["put-1"]);
  expect(sizesSent(7)).toEqual(["put-4", "put-2", "put-1"]);
  expect(sizesSent(139)).toEqual(["put-64", "put-64", "put-8", "put-2", "put-1"]);
});

test("each row of an insert begins with the head, which is one parameter", () => {
  const sent = sendRows(({ text }, parameters) => ({ text, parameters }), insert, {
    head: 3,
    rows: [
      [7, "a"],
      [8, "b"],
    ],
  });
  expect(sent).toEqual([
    {
      text:
        "INSERT INTO log(h, shard, value) VALUES ($1::int4, $2::int8, $3::bytea), ($1::int4, $4::int8, $5::bytea) " +
        "ON CONFLICT (h, shard) DO NOTHING",
      parameters: [3, 7, "a", 8, "b"],
    },
  ]);
});

test("a selection names the head once and the rows as a list", () => {
  const columns = [["shard", "int8"]] as const;
  const selection = selectionOfRows({ name: "drop", head: "DELETE FROM log", columns, rest: "AND time = 0" });
  const texts = sendRows(({ text }) => text, selection, { head: 3, rows: [[1], [2]] });
  expect(texts).toEqual([
    "DELETE FROM log WHERE h = $1 AND (shard) IN (($2::int8), ($3::int8)) AND time = 0",
  ]);
});
