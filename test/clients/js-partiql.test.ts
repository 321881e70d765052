/** PartiQL through the AWS SDK for JavaScript v3: statements alone, page by page, in batches and in transactions. */
import {
  ConditionalCheckFailedException,
  DuplicateItemException,
  DynamoDBClient,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import {
  BatchExecuteStatementCommand,
  DynamoDBDocumentClient,
  ExecuteStatementCommand as DocumentStatementCommand,
  ExecuteTransactionCommand,
  PutCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, makeTable } from "./js-tables.ts";
import { type OpenTarget, targets } from "./js-targets.ts";

describe.each(targets)("PartiQL $name", (choice) => {
  let target: OpenTarget;
  let client: DynamoDBClient;
  let documents: DynamoDBDocumentClient;

  beforeAll(async () => {
    target = await choice.open();
    client = new DynamoDBClient(target.config);
    documents = DynamoDBDocumentClient.from(client);
  });

  afterAll(async () => {
    client.destroy();
    await target.close();
  });

  async function execute(Statement: string, ...Parameters: readonly unknown[]): Promise<readonly unknown[]> {
    const input = { Statement, ...(Parameters.length === 0 ? {} : { Parameters: [...Parameters] }) };
    const { Items = [] } = await documents.send(new DocumentStatementCommand(input));
    return Items;
  }

  it("keeps values as they are", async () => {
    const table = await makeTable(client, "partiql-values", "S");
    const item = {
      pk: `o'clock "now"`,
      sk: ":v ? #n",
      n: -12.5,
      set: new Set(["a", "b"]),
      bytes: new Uint8Array([1, 2, 255]),
      nested: { list: [1, "two", null, true], "with space": {} },
    };
    const { pk, sk, ...rest } = item;
    const names = Object.keys(rest).map((name) => `'${name}': ?`);
    await execute(
      `INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?, ${names.join(", ")}}`,
      pk,
      sk,
      ...Object.values(rest),
    );
    expect(await execute(`SELECT * FROM "${table}" WHERE pk = ? AND sk = ?`, pk, sk)).toEqual([item]);
    expect(await execute(`SELECT * FROM "${table}" WHERE pk = 'o''clock "now"'`)).toEqual([item]);
    const error = await failure(execute(`INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?}`, pk, sk));
    expect(error).toBeInstanceOf(DuplicateItemException);
    expect(error.message).toBe("Duplicate primary key exists in table");
  });

  it("updates and deletes what a statement names", async () => {
    const table = await makeTable(client, "partiql-writes");
    await documents.send(new PutCommand({ TableName: table, Item: { pk: "a", n: 1, list: [1] } }));
    const updated = await execute(
      `UPDATE "${table}" SET n = n + ? SET list = list_append(list, ?) WHERE pk = 'a' RETURNING ALL NEW *`,
      4,
      [2],
    );
    expect(updated).toEqual([{ pk: "a", n: 5, list: [1, 2] }]);
    const error = await failure(execute(`UPDATE "${table}" SET n = 0 WHERE pk = 'none'`));
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(await execute(`DELETE FROM "${table}" WHERE pk = 'a' RETURNING ALL OLD *`)).toEqual(updated);
    expect(await execute(`SELECT * FROM "${table}"`)).toEqual([]);
  });

  it("pages with NextToken, whoever answers the next page", async () => {
    const table = await makeTable(client, "partiql-pages", "N");
    for (const pk of ["a", "b"]) {
      for (let sk = 0; sk < 5; sk += 1) {
        await documents.send(new PutCommand({ TableName: table, Item: { pk, sk } }));
      }
    }
    const input: ExecuteStatementCommandInput = {
      Statement: `SELECT sk FROM "${table}" WHERE pk IN [?, ?] ORDER BY pk, sk DESC`,
      Parameters: [{ S: "a" }, { S: "b" }],
      Limit: 3,
    };
    const found: unknown[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ExecuteStatementCommand(token === undefined ? input : { ...input, NextToken: token }),
      );
      found.push(...(page.Items ?? []).map((item) => Number(item["sk"]?.N)));
      token = page.NextToken;
    } while (token !== undefined);
    expect(found).toEqual([4, 3, 2, 1, 0, 4, 3, 2, 1, 0]);
  });

  it("batches have an end for each statement", async () => {
    const table = await makeTable(client, "partiql-batch");
    const { Responses } = await documents.send(
      new BatchExecuteStatementCommand({
        Statements: ["a", "b", "a"].map((pk) => ({
          Statement: `INSERT INTO "${table}" VALUE {'pk': ?}`,
          Parameters: [pk],
        })),
      }),
    );
    expect(Responses?.map(({ Error: error }) => error?.Code)).toEqual([
      undefined,
      undefined,
      "DuplicateItem",
    ]);
    const read = await documents.send(
      new BatchExecuteStatementCommand({
        Statements: ["b", "c"].map((pk) => ({ Statement: `SELECT * FROM "${table}" WHERE pk = '${pk}'` })),
      }),
    );
    expect(read.Responses?.map(({ Item }) => Item)).toEqual([{ pk: "b" }, undefined]);
  });

  it("transactions take place, or tell why not", async () => {
    const table = await makeTable(client, "partiql-transaction");
    const insert = (pk: string): object => ({
      Statement: `INSERT INTO "${table}" VALUE {'pk': ?}`,
      Parameters: [pk],
    });
    const transact = (...TransactStatements: readonly object[]) =>
      documents.send(
        new ExecuteTransactionCommand({
          TransactStatements: TransactStatements as { Statement: string; Parameters: unknown[] }[],
        }),
      );
    await transact(insert("a"), insert("b"));
    const error = await failure(transact(insert("c"), insert("a")));
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).CancellationReasons).toEqual([
      { Code: "None" },
      { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" },
    ]);
    const read = await transact(
      ...["a", "c"].map((pk) => ({ Statement: `SELECT * FROM "${table}" WHERE pk = ?`, Parameters: [pk] })),
    );
    expect(read.Responses).toEqual([{ Item: { pk: "a" } }, {}]);
  });
});
