/**
 * Writers for the crash suite. Each owns its keys and its share of every counter, and remembers what was
 * acknowledged and the one write that was under way, so that after a kill it can say what must be there.
 */
import { apiCall } from "../../bench/api-call.ts";
import type { Random } from "../../src/base/index.ts";

export const itemsTable = "crash-items";
export const countersTable = "crash-counters";
export const counterNames: readonly string[] = ["hot", "warm", "cold"];

type Wire = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a key holds: the number of the write, or nothing. */
type Content = number | undefined;

export interface Writer {
  readonly index: number;
  /** Acknowledged content of each key of this writer. */
  readonly items: Map<string, Content>;
  /** Acknowledged increments of each counter by this writer. */
  readonly counts: Map<string, number>;
  /** Writes sent and not answered when the server was killed; each may or may not have happened. */
  readonly unknownItems: Map<string, Content>;
  readonly unknownCounts: Set<string>;
  acknowledged: number;
}

export function createWriter(index: number): Writer {
  return {
    index,
    items: new Map(),
    counts: new Map(),
    unknownItems: new Map(),
    unknownCounts: new Set(),
    acknowledged: 0,
  };
}

const keysPerWriter = 12;
const batchSize = 4;

/**
 * Writes until the server is gone. Rejects when an answer is anything but 200, or the refusal of a server that has stood
 * still for a second: what it refuses so it has not begun.
 */
export async function writeUntilKilled(endpoint: string, writer: Writer, random: Random): Promise<void> {
  for (;;) {
    const step = nextStep(writer, random);
    let status: number;
    let text: string;
    try {
      ({ status, text } = await apiCall(endpoint, step.operation, step.request));
    } catch {
      step.unknown();
      return;
    }
    if (status === 503 && text.includes("#ServiceUnavailable")) continue;
    if (status !== 200) throw new Error(`${step.operation}: ${status} ${text}`);
    step.acknowledge();
    writer.acknowledged++;
  }
}

interface Step {
  readonly operation: string;
  readonly request: object;
  readonly acknowledge: () => void;
  readonly unknown: () => void;
}

/** Numbers of writes never repeat, also across rounds: no write leaves bytes as they were. */
function nextNumber(writer: Writer): number {
  return writer.index * 1_000_000 + writer.acknowledged + 1;
}

function nextStep(writer: Writer, random: Random): Step {
  const choice = random.below(10);
  if (choice < 4) return put(writer, random);
  if (choice < 8) return count(writer, random);
  if (choice < 9) return remove(writer, random);
  return batch(writer, random);
}

function itemSteps(
  writer: Writer,
  contents: ReadonlyMap<string, Content>,
): Pick<Step, "acknowledge" | "unknown"> {
  return {
    acknowledge: () => contents.forEach((content, key) => void writer.items.set(key, content)),
    unknown: () => contents.forEach((content, key) => void writer.unknownItems.set(key, content)),
  };
}

function put(writer: Writer, random: Random): Step {
  const key = keyOf(writer, random.below(keysPerWriter));
  const number = nextNumber(writer);
  return {
    operation: "PutItem",
    request: { TableName: itemsTable, Item: itemOf(key, number) },
    ...itemSteps(writer, new Map([[key, number]])),
  };
}

function remove(writer: Writer, random: Random): Step {
  const key = keyOf(writer, random.below(keysPerWriter));
  return {
    operation: "DeleteItem",
    request: { TableName: itemsTable, Key: { pk: { S: key } } },
    ...itemSteps(writer, new Map([[key, undefined]])),
  };
}

function batch(writer: Writer, random: Random): Step {
  const first = random.below(keysPerWriter);
  const number = nextNumber(writer);
  const keys = Array.from({ length: batchSize }, (_, index) =>
    keyOf(writer, (first + index) % keysPerWriter),
  );
  return {
    operation: "BatchWriteItem",
    request: {
      RequestItems: { [itemsTable]: keys.map((key) => ({ PutRequest: { Item: itemOf(key, number) } })) },
    },
    ...itemSteps(writer, new Map(keys.map((key) => [key, number]))),
  };
}

/** One update does two things to a counter shared by all writers: the total and this writer's share. */
function count(writer: Writer, random: Random): Step {
  const name = counterNames[random.below(counterNames.length)] ?? "hot";
  const share = (writer.counts.get(name) ?? 0) + 1;
  return {
    operation: "UpdateItem",
    request: {
      TableName: countersTable,
      Key: { pk: { S: name } },
      UpdateExpression: "ADD n :one SET #share = :share",
      ExpressionAttributeNames: { "#share": shareName(writer.index) },
      ExpressionAttributeValues: { ":one": { N: "1" }, ":share": { N: String(share) } },
    },
    acknowledge: () => void writer.counts.set(name, share),
    unknown: () => void writer.unknownCounts.add(name),
  };
}

export function shareName(writer: number): string {
  return `writer${writer}`;
}

function keyOf(writer: Writer, index: number): string {
  return `writer-${writer.index}-key-${index}`;
}

const fillerBytesMax = 3_000;

/**
 * The number of the write stands at both ends, and how long the middle is follows from it. Group and owner, for tables
 * with indexes, follow from it as well; some items have no owner.
 */
export function itemOf(key: string, number: number): Wire {
  return {
    pk: { S: key },
    first: { N: String(number) },
    group: { S: `group-${number % 5}` },
    ...(number % 3 === 0 ? {} : { owner: { S: `owner-${number % 7}` } }),
    filler: { S: fillerOf(number) },
    last: { N: String(number) },
  };
}

function fillerOf(number: number): string {
  return String(number).repeat(1 + (number % (fillerBytesMax / 10)));
}

/** The number of the write an item is made of; throws when it is made of two. */
export function numberOf(item: Wire): number {
  const number = Number(item["first"]?.["N"]);
  const whole = item["last"]?.["N"] === String(number) && item["filler"]?.["S"] === fillerOf(number);
  if (!whole) throw new Error(`half an item: ${JSON.stringify(item).slice(0, 500)}`);
  return number;
}
