/**
 * Changed requests through the wire: whatever arrives, the answer is DynamoDB's kind of answer, never a fault
 * of ours, and a request that was refused has changed nothing.
 *
 * STATOR_FUZZ_REQUESTS sets how many, STATOR_SEED the seed.
 */
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { monotonicMs, seededRandom } from "../../src/base/index.ts";
import { open, type Stator } from "../../src/index.ts";
import { fuzzItems, fuzzTables, samples } from "./corpus.ts";
import { type FuzzedRequest, fuzzed } from "./mutate.ts";

const requests = Number(process.env["STATOR_FUZZ_REQUESTS"] ?? 2_000);
const seed = Number(process.env["STATOR_SEED"] ?? 20_261_121);
/** A single request that keeps the thread busy for so long is a hang to whoever waits for it. */
const busyMsMax = 1_000;
/** All happens in this thread and in memory: what passes beyond the work is a machine that stands still. */
const passedMsMax = 10_000;
/** Generous for the whole run: 2,000 requests take about two seconds. */
const limitMs = 30_000 + requests * 20;

interface Answer {
  readonly status: number;
  readonly text: string;
}

let stator: Stator;

beforeAll(async () => {
  stator = await open();
});

afterAll(async () => {
  await stator.close();
});

test(`${requests} changed requests, seed ${seed}`, { timeout: limitMs }, async () => {
  const random = seededRandom(seed);
  await restore();
  let before = await everything();
  const statuses = new Map<number, number>();
  for (let index = 0; index < requests; index++) {
    const sample = samples[random.below(samples.length)];
    if (sample === undefined) throw new Error("the corpus is empty");
    const request = fuzzed(sample, samples, random);
    const name = `request ${index} of seed ${seed}: ${request.operation} ${Buffer.from(request.body).toString("utf8").slice(0, 4_000)}`;
    const startedMs = monotonicMs();
    const startedCpu = process.threadCpuUsage();
    const answer = await send(request);
    const { user, system } = process.threadCpuUsage(startedCpu);
    expect((user + system) / 1000, `slow: ${name}`).toBeLessThan(busyMsMax);
    expect(monotonicMs() - startedMs, `slow: ${name}`).toBeLessThan(passedMsMax);
    checkAnswer(answer, name);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const after = await everything();
    // Compared as text: a difference of two such texts is nothing that one could read.
    if (answer.status !== 200 && after !== before) {
      expect(JSON.parse(after), `changed by a refused request; ${name}`).toEqual(JSON.parse(before));
    }
    before = after;
    if (!hasAllTables(after)) {
      await restore();
      before = await everything();
    }
  }
  // A fuzzer whose every request is refused, or none, tests little.
  const accepted = statuses.get(200) ?? 0;
  expect(accepted).toBeGreaterThan(requests / 20);
  expect(requests - accepted).toBeGreaterThan(requests / 4);
});

const envelope = /^[a-zA-Z0-9.]+#[A-Za-z]+$/u;

function checkAnswer({ status, text }: Answer, name: string): void {
  expect([200, 400], `${status} ${text}; ${name}`).toContain(status);
  // TagResource and UntagResource answer nothing at all.
  const body: unknown = text === "" ? {} : JSON.parse(text);
  expect(typeof body, `${text}; ${name}`).toBe("object");
  if (status === 400) expect((body as { __type?: unknown }).__type, `${text}; ${name}`).toMatch(envelope);
}

async function send({ operation, body }: FuzzedRequest): Promise<Answer> {
  const { response } = await stator.clientConfig().requestHandler.handle({
    method: "POST",
    path: "/",
    headers: {
      host: "stator.localhost",
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization,
    },
    body,
  });
  return { status: response.statusCode, text: Buffer.from(response.body).toString("utf8") };
}

const authorization =
  "AWS4-HMAC-SHA256 Credential=fuzz/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000000000000000000000000000000000000000000000000000000000000000";

async function ask(operation: string, request: object): Promise<Answer> {
  return send({ operation, body: Buffer.from(JSON.stringify(request), "utf8") });
}

async function restore(): Promise<void> {
  await stator.reset();
  for (const table of fuzzTables) await expectOk("CreateTable", table);
  for (const put of fuzzItems) await expectOk("PutItem", put);
}

async function expectOk(operation: string, request: object): Promise<Answer> {
  const answer = await ask(operation, request);
  expect(answer.status, `${operation} ${answer.text}`).toBe(200);
  return answer;
}

/** All tables, their descriptions, tags and items, as one text. */
async function everything(): Promise<string> {
  const { text: list } = await expectOk("ListTables", {});
  const parts: string[] = [];
  for (const name of (JSON.parse(list) as { TableNames: readonly string[] }).TableNames) {
    const { text: described } = await expectOk("DescribeTable", { TableName: name });
    const { TableArn: arn, TableStatus: status } = (
      JSON.parse(described) as { Table: Record<string, string> }
    ).Table;
    const { text: tags } = await expectOk("ListTagsOfResource", { ResourceArn: arn });
    const items =
      status === "ACTIVE" ? (await expectOk("Scan", { TableName: name, ConsistentRead: true })).text : "{}";
    parts.push(`{"name":${JSON.stringify(name)},"table":${described},"tags":${tags},"items":${items}}`);
  }
  return `[${parts.join(",")}]`;
}

function hasAllTables(state: string): boolean {
  const names = (JSON.parse(state) as readonly { name: string }[]).map(({ name }) => name);
  // A fuzzed CreateTable or a request that took a table away: begin again, so that the state stays small.
  return names.includes("fuzz-text") && names.includes("fuzz-number") && names.length <= 6;
}
