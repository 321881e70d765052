/** Runs a program of operations on tables with indexes against Stator and against the model. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { errorBody } from "../../src/api/index.ts";
import { open, type Stator } from "../../src/client/index.ts";
import {
  allIndexes,
  attributeDefinitions,
  type IndexDefinition,
  indexInput,
  tableInput,
  tableName,
  wholeTable,
} from "./index-definitions.ts";
import { type Action, canonical, IndexModel, itemBytes, type Refusal } from "./index-model.ts";
import type { IndexProgram, IndexStep } from "./index-steps.ts";
import { queryRequest, requestOf, scanRequest, transactItemOf } from "./index-requests.ts";
import { identity, type WireItem } from "./naive-items.ts";

type JsonObject = Readonly<Record<string, unknown>>;
type StepOf<Kind extends IndexStep["kind"]> = Extract<IndexStep, { readonly kind: Kind }>;

/** Closing looks for contradictions in the store. `disturb`: behind the model's back, at the beginning. */
export async function runIndexProgram(
  { onDisk, stale, steps }: IndexProgram,
  disturb?: (stator: Stator) => Promise<void>,
): Promise<void> {
  const data = onDisk ? mkdtempSync(join(tmpdir(), "stator-model-")) : undefined;
  const run = new ProgramRun({ data, stale });
  try {
    await run.start();
    await run.disturb(disturb);
    for (const step of steps) await run.step(step);
    await run.finish();
  } finally {
    await run.stop();
    if (data !== undefined) rmSync(data, { recursive: true, force: true });
  }
}

interface Answer {
  readonly error?: string;
  readonly body: JsonObject;
}

class ProgramRun {
  readonly #data: string | undefined;
  readonly #stale: boolean;
  readonly #model = new IndexModel();
  #stator: Stator | undefined;
  #tokens = 0;

  constructor({ data, stale }: { readonly data: string | undefined; readonly stale: boolean }) {
    this.#data = data;
    this.#stale = stale;
  }

  async start(): Promise<void> {
    this.#stator = await open({
      tables: tableInput,
      indexLag: this.#stale ? "natural" : "none",
      ...(this.#data === undefined ? {} : { data: this.#data }),
    });
  }

  async stop(): Promise<void> {
    await this.#stator?.close();
    this.#stator = undefined;
  }

  async disturb(how: ((stator: Stator) => Promise<void>) | undefined): Promise<void> {
    await how?.(this.#running);
  }

  /** Everything is as in the model, whatever was paused. */
  async finish(): Promise<void> {
    for (const { name } of allIndexes) if (this.#model.isPaused(name)) this.#resume(name);
    await this.#running.indexes.caughtUp();
    for (const index of [wholeTable, ...this.#model.indexes.values()]) {
      const found = await this.#scan(index, { limit: 20, segments: 1 });
      expectSame(sorted(found), sorted(this.#model.entries(index)), index.name);
    }
    await this.#counts();
  }

  async step(step: IndexStep): Promise<void> {
    switch (step.kind) {
      case "write":
        return this.#write(step.action);
      case "burst":
        return this.#burst(step);
      case "batchWrite":
        return this.#batchWrite(step);
      case "transactWrite":
        return this.#transactWrite(step);
      case "transactGet":
        return this.#transactGet(step);
      case "query":
        return this.#query(step);
      case "scan":
        return this.#compareScan(step);
      case "counts":
        return this.#stale ? undefined : this.#counts();
      default:
        return this.#manage(step);
    }
  }

  async #manage(
    step: StepOf<"addIndex" | "dropIndex" | "pause" | "resume" | "catchUp" | "restart">,
  ): Promise<void> {
    switch (step.kind) {
      case "addIndex":
        return this.#addIndex(step.name);
      case "dropIndex":
        return this.#dropIndex(step.name);
      case "pause":
        return this.#pause(step.name);
      case "resume":
        if (this.#model.isPaused(step.name)) this.#resume(step.name);
        return;
      case "catchUp":
        return this.#running.indexes.caughtUp();
      case "restart":
        if (this.#data === undefined) return;
        await this.stop();
        await this.start();
        this.#model.resumeAll();
    }
  }

  get #running(): Stator {
    if (this.#stator === undefined) throw new Error("the program runs");
    return this.#stator;
  }

  async #call(operation: string, body: JsonObject): Promise<Answer> {
    // Through JSON and back, so that the program's objects cannot be touched.
    const json: unknown = JSON.parse(JSON.stringify(body));
    const result = await this.#running.dispatch({
      service: "DynamoDB",
      operation,
      json,
      namespace: { account: "000000000000", region: "us-east-1" },
      requestId: "model",
    });
    if (result.kind === "error" && result.cause instanceof Error) throw result.cause;
    const text = Buffer.from(result.kind === "ok" ? result.body : errorBody(result.error)).toString();
    const parsed = JSON.parse(text === "" ? "{}" : text) as JsonObject;
    return result.kind === "ok" ? { body: parsed } : { error: result.error.code, body: parsed };
  }

  async #callOk(operation: string, body: JsonObject): Promise<JsonObject> {
    const answer = await this.#call(operation, body);
    agree(answer.error, undefined, answer.body);
    return answer.body;
  }

  async #write(action: Action): Promise<void> {
    const refusal = this.#model.refusal(action);
    const before = this.#model.get(action.item);
    const operation = { put: "PutItem", delete: "DeleteItem", update: "UpdateItem", check: "GetItem" }[
      action.kind
    ];
    const returned = action.kind === "update" ? "ALL_NEW" : "ALL_OLD";
    const answer = await this.#call(operation, { ...requestOf(action), ReturnValues: returned });
    agree(answer.error, refusal, answer.body);
    if (refusal !== undefined) return;
    const after = this.#model.apply(action);
    const expected = action.kind === "update" ? after : before;
    agree(canonical(answer.body["Attributes"] as WireItem | undefined), canonical(expected), "attributes");
  }

  /** The writes are of different items, and no index that may come along has a say in them. */
  async #burst({ actions, add }: StepOf<"burst">): Promise<void> {
    const writes = actions.map((action) => this.#write(action));
    await Promise.all(add === undefined ? writes : [...writes, this.#addIndex(add)]);
  }

  async #batchWrite({ actions }: StepOf<"batchWrite">): Promise<void> {
    const requests = actions.map(({ kind, item }) =>
      kind === "put" ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: item } },
    );
    const refusal = actions.map((action) => this.#model.refusal(action)).find((error) => error !== undefined);
    const answer = await this.#call("BatchWriteItem", { RequestItems: { [tableName]: requests } });
    agree(answer.error, refusal, answer.body);
    if (refusal !== undefined) return;
    agree(answer.body, { UnprocessedItems: {} }, "batch");
    for (const action of actions) this.#model.apply(action);
  }

  async #transactWrite({ actions, again }: StepOf<"transactWrite">): Promise<void> {
    this.#tokens += 1;
    const request = {
      TransactItems: actions.map(transactItemOf),
      ...(again ? { ClientRequestToken: `token-${this.#tokens}` } : {}),
    };
    const refusals = actions.map((action) => this.#model.refusal(action));
    const first = await this.#call("TransactWriteItems", request);
    if (refusals.some((refusal) => refusal !== undefined)) {
      agree(first.error, "TransactionCanceledException", first.body);
      const reasons = first.body["CancellationReasons"] as readonly { readonly Code: string }[];
      const codes = reasons.map(({ Code }) => Code);
      return agree(codes, refusals.map(reasonCode), "reasons");
    }
    agree(first.error, undefined, first.body);
    for (const action of actions) this.#model.apply(action);
    if (again) await this.#callOk("TransactWriteItems", request);
  }

  async #transactGet({ keys }: StepOf<"transactGet">): Promise<void> {
    const { Responses } = await this.#callOk("TransactGetItems", {
      TransactItems: keys.map((Key) => ({ Get: { TableName: tableName, Key } })),
    });
    const found = (Responses as readonly { readonly Item?: WireItem }[]).map(({ Item }) => canonical(Item));
    const expected = keys.map((key) => canonical(this.#model.get(key)));
    agree(found, expected, "transactGet");
  }

  async #query({ target, query, limit, reverse }: StepOf<"query">): Promise<void> {
    const index = this.#indexCalled(target);
    const request = { ...queryRequest(index, query), Limit: limit, ScanIndexForward: !reverse };
    if (!this.#has(index)) return this.#expectMissing("Query", request);
    const found = await this.#allPages("Query", request, limit);
    const expected = this.#model.query(index, query);
    if (!this.#mayBeStale(index)) {
      return expectSame(found, reverse ? expected.toReversed() : expected, target);
    }
    for (const entry of found) this.#expectTrueOnce(index, entry);
  }

  async #compareScan({ target, limit, segments }: StepOf<"scan">): Promise<void> {
    const index = this.#indexCalled(target);
    if (!this.#has(index)) return this.#expectMissing("Scan", scanRequest(index));
    const found = await this.#scan(index, { limit, segments });
    if (!this.#mayBeStale(index)) {
      return expectSame(sorted(found), sorted(this.#model.entries(index)), target);
    }
    for (const entry of found) this.#expectTrueOnce(index, entry);
  }

  async #scan(
    index: IndexDefinition,
    { limit, segments }: { readonly limit: number; readonly segments: number },
  ): Promise<readonly WireItem[]> {
    const found: WireItem[] = [];
    for (let segment = 0; segment < segments; segment += 1) {
      const request = { ...scanRequest(index), Limit: limit, TotalSegments: segments, Segment: segment };
      found.push(...(await this.#allPages("Scan", request, limit)));
    }
    return found;
  }

  async #allPages(operation: string, request: JsonObject, limit: number): Promise<readonly WireItem[]> {
    const items: WireItem[] = [];
    let start: JsonObject = {};
    for (let pages = 0; pages < 1000; pages += 1) {
      const body = await this.#callOk(operation, { ...request, ...start });
      const page = body["Items"] as readonly WireItem[];
      agree(page.length <= limit, true, "a page is no longer than its limit");
      items.push(...page);
      if (body["LastEvaluatedKey"] === undefined) return items;
      start = { ExclusiveStartKey: body["LastEvaluatedKey"] };
    }
    throw new Error("paging did not end");
  }

  async #counts(): Promise<void> {
    const { Table: table } = await this.#callOk("DescribeTable", { TableName: tableName });
    const description = table as JsonObject;
    const items = this.#model.all();
    agree(description["ItemCount"], items.length, "ItemCount");
    const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
    agree(description["TableSizeBytes"], bytes, "TableSizeBytes");
    const members = ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"];
    const indexes = members.flatMap((member) => (description[member] ?? []) as readonly JsonObject[]);
    const shown = indexes.map((index) => [index["IndexName"], index["ItemCount"], index["IndexSizeBytes"]]);
    const expected = Array.from(this.#model.indexes.values(), (index) => {
      const { count, bytes } = this.#model.sizes(index);
      return [index.name, count, bytes];
    });
    agree(byName(shown), byName(expected), "counts of indexes");
  }

  async #addIndex(name: string): Promise<void> {
    const index = this.#indexCalled(name);
    const answer = await this.#call("UpdateTable", {
      TableName: tableName,
      AttributeDefinitions: attributeDefinitions([index]),
      GlobalSecondaryIndexUpdates: [{ Create: indexInput(index) }],
    });
    const known = this.#has(index);
    agree(answer.error, known ? "ValidationException" : undefined, answer.body);
    this.#model.indexes.set(name, index);
  }

  async #dropIndex(name: string): Promise<void> {
    const answer = await this.#call("UpdateTable", {
      TableName: tableName,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: name } }],
    });
    const known = this.#model.indexes.has(name);
    agree(answer.error, known ? undefined : "ResourceNotFoundException", answer.body);
    this.#model.drop(name);
  }

  async #pause(name: string): Promise<void> {
    if (!this.#model.indexes.has(name) || this.#model.isPaused(name)) return;
    const { indexes } = this.#running;
    // An index that is being filled is complete before the next request, and only then can stand still.
    await this.#callOk("DescribeTable", { TableName: tableName });
    await indexes.caughtUp(tableName, name);
    await indexes.pause(tableName, name);
    this.#model.pause(name);
  }

  #resume(name: string): void {
    this.#running.indexes.resume(tableName, name);
    this.#model.resume(name);
  }

  #indexCalled(name: string): IndexDefinition {
    const index = [wholeTable, ...allIndexes].find((each) => each.name === name);
    if (index === undefined) throw new Error(`there is an index ${name}`);
    return index;
  }

  #has(index: IndexDefinition): boolean {
    return index === wholeTable || this.#model.indexes.has(index.name);
  }

  /** A paused index stands still, so it is known what it holds. */
  #mayBeStale({ name, kind }: IndexDefinition): boolean {
    return this.#stale && kind === "global" && !this.#model.isPaused(name);
  }

  async #expectMissing(operation: string, request: JsonObject): Promise<void> {
    const answer = await this.#call(operation, request);
    agree(answer.error, "ValidationException", answer.body);
  }

  #expectTrueOnce(index: IndexDefinition, entry: WireItem): void {
    agree(this.#model.everHeld(index, entry), true, { wasNeverTrue: entry, index: index.name });
  }
}

function reasonCode(refusal: Refusal | undefined): string {
  if (refusal === undefined) return "None";
  return refusal === "ValidationException" ? "ValidationError" : "ConditionalCheckFailed";
}

function expectSame(found: readonly WireItem[], expected: readonly WireItem[], about: string): void {
  agree(found.map(canonical), expected.map(canonical), about);
}

function agree(found: unknown, expected: unknown, about: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  const [text, wanted, where] = [found, expected, about].map((value) => JSON.stringify(value));
  throw new Error(`${where}: found ${text}, the model has ${wanted}`);
}

function sorted(items: readonly WireItem[]): readonly WireItem[] {
  return items.toSorted((left, right) => (identity(left) < identity(right) ? -1 : 1));
}

function byName(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return rows.toSorted(([left], [right]) => (String(left) < String(right) ? -1 : 1));
}
