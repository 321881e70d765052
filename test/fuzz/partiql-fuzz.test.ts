/**
 * Generated PartiQL statements against the same requests made through the API's own operations, on two Stators that
 * begin alike: the same answers, errors and units, and the same tables afterwards. Names and values are full of quotes,
 * colons and keywords; the native requests carry them in placeholders, so a quote that changed a plan would show.
 * Damaged statements and tokens go to a third Stator, where nothing may happen but an answer.
 *
 * STATOR_FUZZ_STATEMENTS sets how many, STATOR_SEED the seed.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Random, seededRandom } from "../../src/base/index.ts";
import { open, type Stator } from "../../src/index.ts";
import {
  type NativeRequest,
  selectRequests,
  transactGet,
  transactWrite,
  writeRequest,
} from "./native-requests.ts";
import { generatedRequest, oneIn } from "./statement-generator.ts";
import {
  createRequest,
  type Exists,
  type Request,
  type Select,
  tables,
  type Wire,
  type Write,
} from "./statement-model.ts";
import { damaged, type Statement, statementText } from "./statement-text.ts";

const statements = Number(process.env["STATOR_FUZZ_STATEMENTS"] ?? 3_000);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
/** Generous: 3,000 statements take some five seconds. */
const limitMs = 60_000 + statements * 20;
/** Of one read; what is left of it then is not looked at. */
const pagesMax = 6;
/** Requests between two looks at all tables. */
const strideRequests = 500;

interface Fuzzed {
  readonly partiql: Stator;
  readonly native: Stator;
  /** For what may not be a statement at all. */
  readonly scratch: Stator;
}

let fuzzed: Fuzzed;

beforeAll(async () => {
  const [partiql, native, scratch] = await Promise.all([open(), open(), open()]);
  fuzzed = { partiql, native, scratch };
  for (const stator of [partiql, native, scratch]) {
    for (const table of tables) await expectOk(stator, "CreateTable", createRequest(table));
  }
});

afterAll(async () => {
  await Promise.all(Object.values(fuzzed).map((stator: Stator) => stator.close()));
});

type Body = Readonly<Record<string, unknown>>;
type Outcome =
  | { readonly kind: "ok"; readonly body: Body }
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly members: Body };

const namespace = { account: "000000000000", region: "us-east-1" };

/** Throws for faults of ours, which no request may meet. */
async function call(stator: Stator, operation: string, request: object): Promise<Outcome> {
  const json: unknown = JSON.parse(JSON.stringify(request));
  const result = await stator.dispatch({
    service: "DynamoDB",
    operation,
    json,
    namespace,
    requestId: "fuzz",
  });
  if (result.kind === "ok") {
    return { kind: "ok", body: JSON.parse(Buffer.from(result.body).toString("utf8")) as Body };
  }
  const { code, message, members, httpStatus } = result.error;
  if (result.cause instanceof Error) throw result.cause;
  if (httpStatus !== 400) throw new Error(`${code}: ${message}`);
  const parsed = members.map(({ name, json: text }) => [name, JSON.parse(text) as unknown] as const);
  return { kind: "error", code, message, members: Object.fromEntries(parsed) };
}

async function expectOk(stator: Stator, operation: string, request: object): Promise<Body> {
  const outcome = await call(stator, operation, request);
  if (outcome.kind === "error") throw new Error(`${operation}: ${outcome.message}`);
  return outcome.body;
}

test(`${statements} statements, seed ${seed}`, { timeout: limitMs }, async () => {
  const random = seededRandom(seed);
  const tally = { done: 0, refused: 0 };
  let count = 0;
  for (let index = 0; count < statements; index += 1) {
    const request = generatedRequest(random);
    const texts = textsOf(random, request);
    count += texts.length;
    const described = `request ${index} of seed ${seed}: ${JSON.stringify(texts)}`.slice(0, 6_000);
    try {
      const isDone = await compare(random, request, texts);
      if (isDone) tally.done += 1;
      else tally.refused += 1;
      if (oneIn(random, 8)) await damage(random, texts);
    } catch (error) {
      throw new Error(`${described}\n${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    if (index % strideRequests === 0) await compareTables();
  }
  await compareTables();
  // A fuzzer whose every request is refused, or none, tests little.
  expect(tally.done).toBeGreaterThan(tally.refused / 2);
  expect(tally.refused).toBeGreaterThan(tally.done / 10);
});

function textsOf(random: Random, request: Request): readonly Statement[] {
  const list = request.kind === "statement" ? [request.statement] : request.statements;
  return list.map((statement) => statementText(random, statement));
}

function compare(random: Random, request: Request, texts: readonly Statement[]): Promise<boolean> {
  const [text] = texts;
  if (text === undefined) throw new Error("a request has a statement");
  switch (request.kind) {
    case "batch":
      return compareBatch(request.statements, texts);
    case "transaction":
      return compareTransaction(request.statements, texts);
    case "statement":
      return request.statement.kind === "select"
        ? compareSelect(random, request.statement, text)
        : compareWrite(request.statement, text);
  }
}

// --- one statement

interface Page {
  readonly items: readonly unknown[];
  readonly lastKey: unknown;
  readonly consumed: unknown;
}

type Pages = readonly Page[] | Extract<Outcome, { kind: "error" }>;

async function compareSelect(random: Random, select: Select, text: Statement): Promise<boolean> {
  const asked = await statementPages(random, select, text);
  const wanted: (readonly Page[])[] = [];
  for (const request of selectRequests(select)) {
    const pages = await nativePages(request);
    if ("code" in pages) {
      expect("code" in asked ? asked.code : asked).toBe(pages.code);
      return false;
    }
    wanted.push(pages);
  }
  expect("code" in asked ? `${asked.code}: ${asked.message}` : "done").toBe("done");
  const found = asked as readonly Page[];
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1) {
    // GetItem has no pages.
    expect(canonical(found)).toEqual(canonical(only));
    return true;
  }
  const all = wanted.flat();
  if (found.length < pagesMax && wanted.every(({ length }) => length < pagesMax)) {
    expect(canonical(found.flatMap(({ items }) => items))).toEqual(
      canonical(all.flatMap(({ items }) => items)),
    );
  }
  if (found.length === 1 && all.length === wanted.length) {
    expect(unitsOf(found)).toBe(unitsOf(all));
  }
  return true;
}

async function statementPages(random: Random, select: Select, text: Statement): Promise<Pages> {
  const pages: Page[] = [];
  let NextToken: unknown;
  do {
    const outcome = await call(fuzzed.partiql, "ExecuteStatement", {
      ...text,
      ConsistentRead: select.strong,
      ...(select.limit === undefined ? {} : { Limit: select.limit }),
      ...(NextToken === undefined ? {} : { NextToken }),
      ReturnConsumedCapacity: "INDEXES",
    });
    if (outcome.kind === "error") return outcome;
    const { body } = outcome;
    pages.push({
      items: body["Items"] as readonly unknown[],
      lastKey: body["LastEvaluatedKey"],
      consumed: body["ConsumedCapacity"],
    });
    NextToken = body["NextToken"];
    expect(NextToken === undefined).toBe(body["LastEvaluatedKey"] === undefined);
    if (typeof NextToken === "string" && oneIn(random, 8)) await damageToken(random, text, NextToken);
  } while (NextToken !== undefined && pages.length < pagesMax);
  return pages;
}

async function nativePages({ operation, request }: NativeRequest): Promise<Pages> {
  const pages: Page[] = [];
  let lastKey: unknown;
  do {
    const start = lastKey === undefined ? {} : { ExclusiveStartKey: lastKey };
    const outcome = await call(fuzzed.native, operation, { ...request, ...start });
    if (outcome.kind === "error") return outcome;
    const { Item, Items, LastEvaluatedKey, ConsumedCapacity } = outcome.body;
    lastKey = LastEvaluatedKey;
    const found = Item === undefined ? [] : [Item];
    pages.push({
      items: operation === "GetItem" ? found : (Items as readonly unknown[]),
      lastKey,
      consumed: ConsumedCapacity,
    });
  } while (lastKey !== undefined && pages.length < pagesMax);
  return pages;
}

function unitsOf(pages: readonly Page[]): number {
  return pages.reduce((sum, { consumed }) => sum + Number((consumed as Body)["CapacityUnits"]), 0);
}

async function compareWrite(write: Write, text: Statement): Promise<boolean> {
  const wanted = await call(fuzzed.native, ...pairOf(writeRequest(write)));
  const asked = await call(fuzzed.partiql, "ExecuteStatement", {
    ...text,
    ...failureMember(write),
    ReturnConsumedCapacity: "INDEXES",
  });
  if (wanted.kind === "error" || asked.kind === "error") {
    expectSameError(asked, wanted, write);
    return false;
  }
  const { Attributes, ConsumedCapacity } = wanted.body;
  const Items = Attributes === undefined ? [] : [Attributes];
  expect(canonical(asked.body)).toEqual(canonical({ Items, ConsumedCapacity }));
  return true;
}

function pairOf({ operation, request }: NativeRequest): [string, Wire] {
  return [operation, request];
}

function failureMember(statement: Select | Write | Exists): object {
  const shows = "showsFailed" in statement && statement.showsFailed;
  return shows ? { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } : {};
}

function expectSameError(asked: Outcome, wanted: Outcome, write: Write): void {
  const failed = wanted.kind === "error" ? wanted.code : "done";
  const isDuplicate = write.kind === "insert" && failed === "ConditionalCheckFailedException";
  const found = asked.kind === "error" ? asked.code : "done";
  const detail = JSON.stringify([asked, wanted]);
  expect(`${found} ${detail}`).toBe(`${isDuplicate ? "DuplicateItemException" : failed} ${detail}`);
  if (asked.kind === "error" && wanted.kind === "error") {
    expect(canonical(asked.members)).toEqual(canonical(wanted.members));
  }
}

// --- several statements

const batchCodes: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  ItemCollectionSizeLimitExceededException: "ItemCollectionSizeLimitExceeded",
  ValidationException: "ValidationError",
};

async function compareBatch(
  list: readonly (Select | Write)[],
  texts: readonly Statement[],
): Promise<boolean> {
  const body = await expectOk(fuzzed.partiql, "BatchExecuteStatement", {
    Statements: texts.map((text, index) => {
      const statement = list[index];
      if (statement === undefined) throw new Error("a text without its statement");
      const strong = statement.kind === "select" ? { ConsistentRead: statement.strong } : {};
      return { ...text, ...strong, ...failureMember(statement) };
    }),
    ReturnConsumedCapacity: "INDEXES",
  });
  const responses: unknown[] = [];
  const capacities: unknown[] = [];
  for (const statement of list) {
    const [request] = statement.kind === "select" ? selectRequests(statement) : [writeRequest(statement)];
    if (request === undefined) throw new Error("a statement of a batch is one request");
    const wanted = await call(fuzzed.native, ...pairOf(request));
    const TableName = statement.table.name;
    if (wanted.kind === "ok") {
      const Item = wanted.body["Item"] ?? wanted.body["Attributes"];
      responses.push({ TableName, ...(Item === undefined ? {} : { Item }) });
      capacities.push(wanted.body["ConsumedCapacity"]);
    } else {
      const code = batchCodes[wanted.code];
      const Code = statement.kind === "insert" ? duplicateCode(code) : code;
      responses.push({ TableName, Error: { Code, ...wanted.members } });
    }
  }
  expect(canonical(withoutMessages(body["Responses"]))).toEqual(canonical(responses));
  expect(canonical(body["ConsumedCapacity"] ?? [])).toEqual(canonical(capacities));
  return capacities.length > 0;
}

/** What a failed condition of an INSERT is called. */
function duplicateCode(code: unknown): unknown {
  return code === "ConditionalCheckFailed" ? "DuplicateItem" : code;
}

/** Texts differ where the statement is told of in place of an expression. */
function withoutMessages(responses: unknown): unknown {
  return (responses as readonly Body[]).map(({ Error: error, ...rest }) => {
    if (error === undefined) return rest;
    const { Message: _, ...told } = error as Body;
    return { ...rest, Error: told };
  });
}

async function compareTransaction(
  list: readonly (Select | Write | Exists)[],
  texts: readonly Statement[],
): Promise<boolean> {
  const reads = list.filter((statement) => statement.kind === "select");
  const native = list.map((statement) =>
    statement.kind === "select" ? transactGet(statement) : transactWrite(statement),
  );
  const wanted = await call(fuzzed.native, reads.length > 0 ? "TransactGetItems" : "TransactWriteItems", {
    TransactItems: native,
    ReturnConsumedCapacity: "INDEXES",
  });
  const asked = await call(fuzzed.partiql, "ExecuteTransaction", {
    TransactStatements: texts.map((text, index) => {
      const statement = list[index];
      return { ...text, ...(statement === undefined ? {} : failureMember(statement)) };
    }),
    ReturnConsumedCapacity: "INDEXES",
  });
  if (asked.kind === "ok" && wanted.kind === "ok") {
    expect(canonical({ Responses: [], ...wanted.body })).toEqual(canonical(asked.body));
    return true;
  }
  const inserts = new Map(list.map(({ kind }, index) => [index, kind === "insert"]));
  const isRead = reads.length > 0;
  const expected = transactionError(wanted, isRead, (code, index) =>
    inserts.get(index) === true ? duplicateCode(code) : code,
  );
  expect(transactionError(asked, isRead, (code) => code)).toEqual(expected);
  return false;
}

/**
 * The code and the reasons. What is wrong with the key of one SELECT cancels the transaction of the API's own reads and
 * refuses that of statements, so both are told alike.
 */
function transactionError(
  outcome: Outcome,
  isRead: boolean,
  codeAt: (code: unknown, index: number) => unknown,
): unknown {
  if (outcome.kind === "ok") return "done";
  const reasons = (outcome.members["CancellationReasons"] ?? []) as readonly Body[];
  if (outcome.code === "ValidationException") return outcome.code;
  if (isRead && reasons.some(({ Code }) => Code === "ValidationError")) return "ValidationException";
  return [outcome.code, reasons.map(({ Code, Item }, index) => [codeAt(Code, index), canonical(Item)])];
}

// --- what is no statement

async function damage(random: Random, texts: readonly Statement[]): Promise<void> {
  const [first] = texts;
  if (first === undefined) return;
  const changed = { ...first, Statement: damaged(random, first.Statement) };
  const operation = random.below(4);
  if (operation === 0) {
    await call(fuzzed.scratch, "BatchExecuteStatement", { Statements: [changed, ...texts].slice(0, 25) });
  } else if (operation === 1) {
    await call(fuzzed.scratch, "ExecuteTransaction", { TransactStatements: [changed, ...texts] });
  } else {
    const Limit = operation === 2 ? {} : { Limit: 2 };
    await call(fuzzed.scratch, "ExecuteStatement", { ...changed, ...Limit });
  }
}

async function damageToken(random: Random, text: Statement, token: string): Promise<void> {
  const at = random.below(token.length);
  const letter = token[at] === "A" ? "B" : "A";
  const changed = pickToken(random, [
    token.slice(0, at),
    `${token.slice(0, at)}${letter}${token.slice(at + 1)}`,
  ]);
  if (changed === "") return;
  const outcome = await call(fuzzed.partiql, "ExecuteStatement", { ...text, NextToken: changed });
  expect(outcome.kind === "error" ? outcome.code : outcome).toBe("ValidationException");
  const other = { Statement: `SELECT * FROM "tab"`, NextToken: token };
  const elsewhere = await call(fuzzed.partiql, "ExecuteStatement", other);
  const isSame = text.Statement === other.Statement;
  expect(elsewhere.kind === "error" || isSame ? "refused" : elsewhere).toBe("refused");
}

function pickToken(random: Random, tokens: readonly [string, string]): string {
  return tokens[random.below(2)] ?? "";
}

// --- comparing

/** Members of objects and of sets have no order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]): unknown => [
      name,
      (name === "SS" || name === "NS" || name === "BS") && Array.isArray(member)
        ? member.map(String).toSorted((left, right) => (left < right ? -1 : 1))
        : canonical(member),
    ]);
}

async function compareTables(): Promise<void> {
  for (const table of tables) {
    for (const index of [undefined, ...table.indexes]) {
      const request = { TableName: table.name, ...(index === undefined ? {} : { IndexName: index.name }) };
      const [left, right] = await Promise.all(
        [fuzzed.partiql, fuzzed.native].map((stator) => everything(stator, request)),
      );
      expect(canonical(left)).toEqual(canonical(right));
    }
  }
}

async function everything(stator: Stator, request: object): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let start = {};
  for (;;) {
    const body = await expectOk(stator, "Scan", { ...request, ...start });
    items.push(...(body["Items"] as readonly unknown[]));
    if (body["LastEvaluatedKey"] === undefined) return items;
    start = { ExclusiveStartKey: body["LastEvaluatedKey"] };
  }
}
