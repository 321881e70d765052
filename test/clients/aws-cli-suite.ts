// The AWS CLI against a running Stator: what people type, with the CLI's own waiters, paging and shorthand.
// Finds the server through STATOR_ENDPOINT; ends with "N passed, N failed". Works with version 1 and 2.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";

const endpoint = process.env["STATOR_ENDPOINT"] ?? "";
assert(endpoint !== "", "STATOR_ENDPOINT says where the server is");

interface CliRun {
  readonly status: number | null;
  readonly json: Record<string, unknown>;
  readonly stderr: string;
}

interface Test {
  readonly name: string;
  readonly run: () => void;
}

/** "state" is a reserved word. */
const stateName = ["--expression-attribute-names", '{"#s":"state"}'];

const key = (value: string): string => JSON.stringify({ pk: { S: value } });

const tests: readonly Test[] = [
  {
    name: "creates a table and waits for it",
    run: () => {
      const created = ok([
        "create-table",
        ...table("cli"),
        "--attribute-definitions",
        "AttributeName=pk,AttributeType=S",
        "AttributeName=sk,AttributeType=N",
        "--key-schema",
        "AttributeName=pk,KeyType=HASH",
        "AttributeName=sk,KeyType=RANGE",
        "--billing-mode",
        "PAY_PER_REQUEST",
      ]);
      assert.match(JSON.stringify(created), /arn:aws:dynamodb:us-east-1:\d{12}:table\/cli/u);
      ok(["wait", "table-exists", ...table("cli")]);
      assert.match(JSON.stringify(ok(["describe-table", ...table("cli")])), /"TableStatus":"ACTIVE"/u);
    },
  },
  {
    name: "creates a provisioned table and lists tables",
    run: () => {
      simpleTable("cli-simple");
      assert.deepEqual(ok(["list-tables"])["TableNames"], ["cli", "cli-simple"]);
    },
  },
  {
    name: "puts and gets an item",
    run: () => {
      const item = { pk: { S: "a" }, n: { N: "1.50" }, "\u00fc": { SS: ["x", "y"] } };
      ok(["put-item", ...table("cli-simple"), "--item", JSON.stringify(item)]);
      const got = ok(["get-item", ...table("cli-simple"), "--key", key("a"), "--consistent-read"]);
      assert.deepEqual(got["Item"], { ...item, n: { N: "1.5" } });
    },
  },
  {
    name: "updates with a condition, and fails when it does not hold",
    run: () => {
      const update = [
        "update-item",
        ...table("cli-simple"),
        "--key",
        key("a"),
        "--return-values",
        "UPDATED_NEW",
        "--update-expression",
        "SET n = n + :one",
        "--condition-expression",
        "n < :two",
        "--expression-attribute-values",
        JSON.stringify({
          ":one": { N: "1" },
          ":two": { N: "2" },
        }),
      ];
      assert.deepEqual(ok(update)["Attributes"], { n: { N: "2.5" } });
      fails(update, /\(ConditionalCheckFailedException\).*The conditional request failed/u);
    },
  },
  {
    name: "writes a batch and queries page by page",
    run: () => {
      const requests = Array.from({ length: 25 }, (_, index) => ({
        PutRequest: { Item: { pk: { S: "p" }, sk: { N: String(index - 12) } } },
      }));
      ok(["batch-write-item", "--request-items", JSON.stringify({ cli: requests })]);
      const page = ok([
        "query",
        ...table("cli"),
        "--key-condition-expression",
        "pk = :p",
        "--page-size",
        "4",
        "--expression-attribute-values",
        JSON.stringify({ ":p": { S: "p" } }),
      ]);
      const found = (page["Items"] as { sk: { N: string } }[]).map((item) => Number(item.sk.N));
      assert.deepEqual(
        found,
        Array.from({ length: 25 }, (_, index) => index - 12),
      );
    },
  },
  {
    name: "scans with a projection and stops where it is told",
    run: () => {
      const scan = ["scan", ...table("cli"), "--projection-expression", "sk", "--max-items", "10"];
      const page = ok(scan);
      assert.equal((page["Items"] as unknown[]).length, 10);
      assert.equal(typeof page["NextToken"], "string");
    },
  },
  {
    name: "keeps tags",
    run: () => {
      const described = ok(["describe-table", ...table("cli")])["Table"] as { TableArn: string };
      const arn = ["--resource-arn", described.TableArn];
      ok(["tag-resource", ...arn, "--tags", "Key=team,Value=blue", "Key=tier,Value=1"]);
      ok(["untag-resource", ...arn, "--tag-keys", "tier"]);
      assert.deepEqual(ok(["list-tags-of-resource", ...arn])["Tags"], [{ Key: "team", Value: "blue" }]);
    },
  },
  {
    name: "updates the throughput of a table",
    run: () => {
      const throughput = ["--provisioned-throughput", "ReadCapacityUnits=6,WriteCapacityUnits=7"];
      ok(["update-table", ...table("cli-simple"), ...throughput]);
      ok(["wait", "table-exists", ...table("cli-simple")]);
      const { Table: described } = ok(["describe-table", ...table("cli-simple")]) as {
        Table: { ProvisionedThroughput: { ReadCapacityUnits: number; WriteCapacityUnits: number } };
      };
      assert.equal(described.ProvisionedThroughput.ReadCapacityUnits, 6);
      assert.equal(described.ProvisionedThroughput.WriteCapacityUnits, 7);
    },
  },
  {
    name: "takes whole requests as JSON and reports capacity",
    run: () => {
      const request = {
        TableName: "cli-simple",
        Item: { pk: { S: "json" }, fill: { S: "x".repeat(3_000) }, ["__proto__"]: { S: "ordinary" } },
        ReturnConsumedCapacity: "TOTAL",
      };
      const put = ok(["put-item", "--cli-input-json", JSON.stringify(request)]);
      assert.deepEqual(put["ConsumedCapacity"], { TableName: "cli-simple", CapacityUnits: 3 });
      const get = [
        "get-item",
        ...table("cli-simple"),
        "--key",
        key("json"),
        "--return-consumed-capacity",
        "TOTAL",
      ];
      const got = ok(get);
      assert.deepEqual(got["Item"], request.Item);
      assert.deepEqual(got["ConsumedCapacity"], { TableName: "cli-simple", CapacityUnits: 0.5 });
    },
  },
  {
    name: "reads a batch and filters a scan",
    run: () => {
      const keys = [-12, 12, 99].map((sort) => ({ pk: { S: "p" }, sk: { N: String(sort) } }));
      const read = ok(["batch-get-item", "--request-items", JSON.stringify({ cli: { Keys: keys } })]);
      const { cli: items } = read["Responses"] as { cli: unknown[] };
      assert.equal(items.length, 2);
      assert.deepEqual(read["UnprocessedKeys"], {});
      const counted = ok([
        "scan",
        ...table("cli"),
        "--select",
        "COUNT",
        "--filter-expression",
        "sk BETWEEN :a AND :b",
        "--expression-attribute-values",
        JSON.stringify({ ":a": { N: "-2" }, ":b": { N: "2" } }),
      ]);
      assert.equal(counted["Count"], 5);
      assert.equal(counted["ScannedCount"], 25);
    },
  },
  {
    name: "says what is wrong with an expression",
    run: () => {
      fails(
        ["scan", ...table("cli"), "--filter-expression", "a-b"],
        /\(ValidationException\).*Invalid FilterExpression: Syntax error; token: "-", near: "a-b"/u,
      );
      fails(
        [
          "query",
          ...table("cli"),
          "--key-condition-expression",
          "name = :v",
          "--expression-attribute-values",
          '{":v":{"S":"x"}}',
        ],
        /Attribute name is a reserved keyword; reserved keyword: name/u,
      );
    },
  },
  {
    name: "deletes an item and says what it was",
    run: () => {
      const gone = ok([
        "delete-item",
        ...table("cli-simple"),
        "--key",
        key("a"),
        "--return-values",
        "ALL_OLD",
      ]);
      assert.deepEqual((gone["Attributes"] as Record<string, unknown>)["n"], { N: "2.5" });
      assert.deepEqual(ok(["get-item", ...table("cli-simple"), "--key", key("a")]), {});
    },
  },
  {
    name: "shows errors by name and text",
    run: () => {
      fails(["describe-table", ...table("nowhere")], /\(ResourceNotFoundException\)/u);
      fails(
        ["get-item", ...table("cli-simple"), "--key", JSON.stringify({ other: { S: "a" } })],
        /\(ValidationException\).*The provided key element does not match the schema/u,
      );
      fails(["list-backups"], /\(UnknownOperationException\)/u);
    },
  },
  {
    name: "creates a table with indexes, and queries them",
    run: () => {
      createIndexedTable();
      const items = [1, 2, 3].map((number) => ({
        PutRequest: {
          Item: {
            pk: { S: "p" },
            sk: { S: `s${number}` },
            state: { S: "open" },
            n: { N: String(9 - number) },
          },
        },
      }));
      ok(["batch-write-item", "--request-items", JSON.stringify({ "cli-indexes": items })]);
      const local = ok([
        ...queryIndex("local", "pk = :v AND n < :n", { ":v": { S: "p" }, ":n": { N: "8" } }),
      ]);
      assert.deepEqual(sortKeys(local), ["s3", "s2"]);
      indexesCaughtUp();
      const open = queryIndex("by-state", "#s = :v", { ":v": { S: "open" } });
      const found = ok([...open, ...stateName, "--no-scan-index-forward", "--page-size", "1"]);
      assert.deepEqual(sortKeys(found), ["s3", "s2", "s1"]);
      const scanned = ok(["scan", ...table("cli-indexes"), "--index-name", "by-state", "--select", "COUNT"]);
      assert.equal(scanned["Count"], 3);
    },
  },
  {
    name: "adds an index and deletes one",
    run: () => {
      ok([
        "update-table",
        ...table("cli-indexes"),
        "--attribute-definitions",
        "AttributeName=state,AttributeType=S",
        "AttributeName=n,AttributeType=N",
        "--global-secondary-index-updates",
        JSON.stringify([{ Create: globalIndex("by-number", "state", "n") }]),
      ]);
      indexesCaughtUp();
      ok(["wait", "table-exists", ...table("cli-indexes")]);
      const open = queryIndex("by-number", "#s = :v", { ":v": { S: "open" } });
      assert.deepEqual(sortKeys(ok([...open, ...stateName])), ["s3", "s2", "s1"]);
      const removal = JSON.stringify([{ Delete: { IndexName: "by-state" } }]);
      ok(["update-table", ...table("cli-indexes"), "--global-secondary-index-updates", removal]);
      ok(["wait", "table-exists", ...table("cli-indexes")]);
      fails(
        [...queryIndex("by-state", "#s = :v", { ":v": { S: "open" } }), ...stateName],
        /\(ValidationException\).*The table does not have the specified index: by-state/u,
      );
    },
  },
  {
    name: "writes and reads a transaction, and says why one was cancelled",
    run: () => {
      const update = {
        Update: {
          TableName: "cli-simple",
          Key: { pk: { S: "t" } },
          UpdateExpression: "ADD n :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
        },
      };
      const put = (name: string): object => ({
        Put: {
          TableName: "cli-indexes",
          Item: { pk: { S: name }, sk: { S: "s" } },
          ConditionExpression: "attribute_not_exists(pk)",
        },
      });
      const write = ["transact-write-items", "--transact-items", JSON.stringify([update, put("t")])];
      const once = ["--client-request-token", "once"];
      ok([...write, ...once]);
      ok([...write, ...once]);
      fails(
        write,
        /\(TransactionCanceledException\).*cancellation reasons.*\[None, ConditionalCheckFailed\]/u,
      );
      const gets = [
        { Get: { TableName: "cli-simple", Key: { pk: { S: "t" } } } },
        { Get: { TableName: "cli-indexes", Key: { pk: { S: "none" }, sk: { S: "s" } } } },
      ];
      const read = ok(["transact-get-items", "--transact-items", JSON.stringify(gets)]);
      assert.deepEqual(read["Responses"], [{ Item: { pk: { S: "t" }, n: { N: "1" } } }, {}]);
      ok(["delete-table", ...table("cli-indexes")]);
      ok(["wait", "table-not-exists", ...table("cli-indexes")]);
    },
  },
  {
    name: "deletes tables and waits until they are gone",
    run: () => {
      for (const name of ["cli", "cli-simple"]) {
        ok(["delete-table", ...table(name)]);
        ok(["wait", "table-not-exists", ...table(name)]);
      }
      assert.deepEqual(ok(["list-tables"])["TableNames"], []);
    },
  },
];

let failed = 0;
for (const test of tests) {
  try {
    test.run();
    console.log(`ok     ${test.name}`);
  } catch (error: unknown) {
    failed += 1;
    console.log(`FAILED ${test.name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(aws(["--version"]).stdout.trim());
console.log(`${tests.length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

function table(name: string): string[] {
  return ["--table-name", name];
}

function simpleTable(name: string): void {
  ok([
    "create-table",
    ...table(name),
    "--attribute-definitions",
    "AttributeName=pk,AttributeType=S",
    "--key-schema",
    "AttributeName=pk,KeyType=HASH",
    "--provisioned-throughput",
    "ReadCapacityUnits=5,WriteCapacityUnits=5",
  ]);
  ok(["wait", "table-exists", ...table(name)]);
}

function createIndexedTable(): void {
  ok([
    "create-table",
    ...table("cli-indexes"),
    "--attribute-definitions",
    "AttributeName=pk,AttributeType=S",
    "AttributeName=sk,AttributeType=S",
    "AttributeName=state,AttributeType=S",
    "AttributeName=n,AttributeType=N",
    "--key-schema",
    "AttributeName=pk,KeyType=HASH",
    "AttributeName=sk,KeyType=RANGE",
    "--local-secondary-indexes",
    // The CLI's shorthand, as people type it.
    "IndexName=local,KeySchema=[{AttributeName=pk,KeyType=HASH},{AttributeName=n,KeyType=RANGE}],Projection={ProjectionType=KEYS_ONLY}",
    "--global-secondary-indexes",
    JSON.stringify([globalIndex("by-state", "state", "sk")]),
    "--billing-mode",
    "PAY_PER_REQUEST",
  ]);
  ok(["wait", "table-exists", ...table("cli-indexes")]);
}

function globalIndex(name: string, partition: string, sort: string): object {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: partition, KeyType: "HASH" },
      { AttributeName: sort, KeyType: "RANGE" },
    ],
    Projection: { ProjectionType: "ALL" },
  };
}

function queryIndex(name: string, condition: string, values: object): string[] {
  return [
    "query",
    ...table("cli-indexes"),
    "--index-name",
    name,
    "--key-condition-expression",
    condition,
    "--expression-attribute-values",
    JSON.stringify(values),
  ];
}

function sortKeys(answer: Record<string, unknown>): string[] {
  return (answer["Items"] as { sk: { S: string } }[]).map(({ sk }) => sk.S);
}

/** A server's global indexes follow their tables with a delay. Another process asks, since these tests do not await. */
function indexesCaughtUp(): void {
  const ask = `console.log(await (await fetch("${endpoint}/_stator/indexes?wait=5000")).text())`;
  const asked = spawnSync(process.execPath, ["--input-type=module", "--eval", ask], { encoding: "utf8" });
  assert.match(asked.stdout, /"caughtUp":true/u);
}

/** The answer of a command that must succeed; {} when it prints nothing. */
function ok(args: readonly string[]): Record<string, unknown> {
  const run = dynamodb(args);
  assert.equal(run.status, 0, `aws dynamodb ${args.join(" ")}\n${run.stderr}`);
  return run.json;
}

function fails(args: readonly string[], text: RegExp): void {
  const run = dynamodb(args);
  assert.notEqual(run.status, 0, `aws dynamodb ${args.join(" ")} succeeded`);
  assert.match(run.stderr.replaceAll("\n", " "), text);
}

function dynamodb(args: readonly string[]): CliRun {
  const run = aws(["dynamodb", ...args, "--endpoint-url", endpoint, "--output", "json"]);
  const json = run.stdout.trim() === "" ? {} : (JSON.parse(run.stdout) as Record<string, unknown>);
  return { status: run.status, json, stderr: run.stderr };
}

function aws(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const run = spawnSync("aws", args, {
    encoding: "utf8",
    timeout: 60_000,
    // One attempt: a retried fault would look like success.
    env: { ...process.env, AWS_MAX_ATTEMPTS: "1" },
  });
  if (run.error !== undefined) throw run.error;
  return run;
}
