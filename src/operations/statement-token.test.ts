// NextToken: what is written is read again, and what was made up with the right check does no harm.
import { describe, expect, test } from "vitest";
import { createTurnPacer, digest, seededRandom } from "../base/index.ts";
import {
  keyedTable,
  openTransactionOperations,
  type TransactionOperations,
} from "../testing/transaction-operations.ts";
import type { AttributeValue, Item } from "../values/index.ts";
import { readToken, type SelectPosition, type TokenSubject, writeToken } from "./statement-token.ts";
import { requestDigest } from "./transaction-digest.ts";

const subject: TokenSubject = {
  statementDigest: digest("statement"),
  pageKey: [
    { name: "s", type: "S" },
    { name: "n", type: "N" },
    { name: "b", type: "B" },
  ],
};

function keyOf(s: string, n: string, b: string): Item {
  return new Map<string, AttributeValue>([
    ["s", { type: "S", value: s }],
    ["n", { type: "N", value: n }],
    ["b", { type: "B", value: b }],
  ]);
}

/** A token with the right check whatever its content. */
function forged(content: Uint8Array, { statementDigest }: TokenSubject): string {
  const check = digest(Buffer.concat([content, statementDigest])).subarray(0, 16);
  return Buffer.concat([content, check]).toString("base64url");
}

describe("a token", () => {
  test.each<readonly [string, SelectPosition]>([
    ["the beginning of a step", { step: 65_535 }],
    ["a key of texts of any kind", { step: 0, after: keyOf("'\ud800\0é\u{1F600}", "-1.5", "AQ==") }],
    ["empty texts", { step: 1, after: keyOf("", "0", "") }],
    ["long ones", { step: 49, after: keyOf("é".repeat(1024), "1".repeat(38), "A".repeat(2732)) }],
  ])("carries %s", (_, position) => {
    const token = writeToken(position, subject);
    expect(token.length).toBeLessThan(32_768);
    expect(readToken(token, subject)).toEqual(position);
    expect(readToken(token, { ...subject, statementDigest: digest("another") })).toBeUndefined();
  });

  test.each<readonly [string, readonly number[]]>([
    ["nothing", []],
    ["another version", [2, 0, 0]],
    ["half a length", [1, 0, 0, 0]],
    ["a length beyond the end", [1, 0, 0, 255, 255, 0]],
    ["a value too few", [1, 0, 0, 0, 2, 65, 0]],
    ["no number where one should be", [1, 0, 0, 0, 2, 65, 0, 0, 2, 65, 0, 0, 0]],
    ["a value too many", [1, 0, 0, 0, 0, 0, 2, 49, 0, 0, 0, 0, 0]],
  ])("with %s in it is none", (_, bytes) => {
    expect(readToken(forged(Buffer.from(bytes), subject), subject)).toBeUndefined();
  });
});

describe("forged tokens of statements", () => {
  const statements = [
    "SELECT * FROM Tab WHERE pk = 'a' AND sk > '1'",
    "SELECT * FROM Tab WHERE pk IN ['a', 'b'] AND sk IN ['1', '2']",
    "SELECT * FROM Tab.byLk WHERE pk = 'a'",
    "SELECT * FROM Tab",
  ];

  async function answered(db: TransactionOperations, Statement: string, NextToken: string): Promise<string> {
    const { error, Items } = await db.call("ExecuteStatement", { Statement, NextToken });
    return Items === undefined ? String(error) : "answered";
  }

  test("are refused, or answer what could have been asked for", async () => {
    await using db = await openTransactionOperations();
    await db.call("CreateTable", keyedTable("Tab", "local"));
    const random = seededRandom(20_261_121);
    const work = createTurnPacer().begin();
    const texts = ["", "a", "b", "1", "2", "x".repeat(1025), "x".repeat(2049)];
    const ends = new Set<string>();
    for (const Statement of statements) {
      const names = Statement.includes("byLk") ? ["pk", "lk", "sk"] : ["pk", "sk"];
      const subjectOf: TokenSubject = {
        statementDigest: await requestDigest("ExecuteStatement", [Statement], work),
        pageKey: names.map((name) => ({ name, type: "S" })),
      };
      for (let round = 0; round < 100; round += 1) {
        const key = names.map((name): [string, AttributeValue] => [
          name,
          { type: "S", value: texts[random.below(texts.length)] ?? "" },
        ]);
        const after = random.below(4) === 0 ? {} : { after: new Map(key) };
        const token = writeToken({ step: random.below(3), ...after }, subjectOf);
        ends.add(await answered(db, Statement, token));
        const noise = Buffer.concat([Buffer.from([1, 0, 0]), random.bytes(random.below(40))]);
        ends.add(await answered(db, Statement, forged(noise, subjectOf)));
      }
    }
    work.end();
    expect([...ends].toSorted((left, right) => (left < right ? -1 : 1))).toEqual([
      "ValidationException",
      "answered",
    ]);
  });
});
