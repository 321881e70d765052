/** Rows about tables with indexes as tests, to whatever answers them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { monotonicMs } from "../../src/base/index.ts";
import type { JsonObject } from "./case-types.ts";
import { expectAnswer, expectRefusal, withoutOrder } from "./expectations.ts";
import type { Harness } from "./harness.ts";
import type { IndexedCase, IndexedGroup } from "./indexed-case.ts";
import {
  createIndexedTable,
  fillIndexed,
  indexedTable,
  type IndexedTable,
  indexedTables,
} from "./indexed-tables.ts";
import { readAll, waitUntilActive } from "./table-contents.ts";

export interface IndexedSuite {
  readonly open: () => Promise<Harness>;
  readonly sections: readonly (readonly [title: string, groups: readonly IndexedGroup[]])[];
  /** Absent: all of them. */
  readonly tables?: readonly IndexedTable[];
  /** For how long a read of an index is repeated while it does not show what was written; absent: never. */
  readonly patienceMs?: number;
}

/** A server that was started for something else keeps its indexes as it likes. */
export const patienceMsHere: number = process.env["STATOR_ENDPOINT"] === undefined ? 0 : 8000;

const namesNoTable: ReadonlySet<string> = new Set([
  "BatchGetItem",
  "BatchWriteItem",
  "TransactGetItems",
  "TransactWriteItems",
]);

export function indexedSuite({ open, sections, tables = indexedTables, patienceMs = 0 }: IndexedSuite): void {
  let harness: Harness;

  beforeAll(async () => {
    harness = await open();
    for (const table of tables) {
      const { status, text } = await harness.call("CreateTable", createIndexedTable(table));
      if (status !== 200 && !text.includes("ResourceInUseException")) {
        throw new Error(`CreateTable ${table.name}: ${text}`);
      }
    }
    for (const { name } of tables) await waitUntilActive(harness, name);
  });

  afterAll(async () => {
    await harness.close();
  });

  for (const [section, groups] of sections) {
    describe(section, () => {
      for (const group of groups) {
        describe(group.title, () => {
          for (const row of group.cases) it(row.name, () => run({ harness, patienceMs }, row));
        });
      }
    });
  }
}

interface Running {
  readonly harness: Harness;
  readonly patienceMs: number;
}

async function run(running: Running, row: IndexedCase): Promise<void> {
  const { harness } = running;
  const { table, given, operation } = row;
  if (given !== undefined) await fillIndexed(harness, indexedTable(table), given);
  const request = namesNoTable.has(operation) ? row.request : { TableName: table, ...row.request };
  const reads = operation === "Query" || operation === "Scan" || operation === "DescribeTable";
  await repeated(reads ? running.patienceMs : 0, async () => {
    const result = await harness.call(operation, request);
    if ("error" in row.expect) expectRefusal(result, row.expect);
    else expectAnswer(result, row.expect);
    if (row.textIncludes !== undefined) expect(result.text).toContain(row.textIncludes);
    // As a whole: an index that was not touched must not be there.
    const consumed = "includes" in row.expect ? row.expect.includes?.["ConsumedCapacity"] : undefined;
    if (consumed !== undefined) expect(result.body["ConsumedCapacity"]).toEqual(consumed);
  });
  if (row.after !== undefined) {
    expect(inOrder(await readAll(harness, table))).toEqual(inOrder(row.after));
  }
  for (const [index, entries] of Object.entries(row.entries ?? {})) {
    await repeated(running.patienceMs, async () => {
      expect(inOrder(await scanned(harness, table, index))).toEqual(inOrder(entries));
    });
  }
}

/** The last failure is the one that is told. */
async function repeated(patienceMs: number, check: () => Promise<void>): Promise<void> {
  const untilMs = monotonicMs() + patienceMs;
  while (monotonicMs() < untilMs) {
    try {
      await check();
      return;
    } catch {
      // What was written has not reached the index.
    }
  }
  await check();
}

async function scanned(
  harness: Harness,
  TableName: string,
  IndexName: string,
): Promise<readonly JsonObject[]> {
  const { status, text, body } = await harness.call("Scan", { TableName, IndexName });
  expect(status === 200 ? "200" : text).toBe("200");
  return body["Items"] as readonly JsonObject[];
}

function inOrder(items: readonly JsonObject[]): readonly unknown[] {
  const text = (item: JsonObject): string =>
    JSON.stringify(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return items.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)).map(withoutOrder);
}
