/**
 * What an expression costs: compiling with its text known and unknown, evaluating, updating, projecting.
 * `node bench/micro/expressions.bench.ts` prints one line per case and a hash of all results; the test beside
 * it runs each case a few times.
 */
import { Bench } from "tinybench";
import { crc32 } from "../../src/base/index.ts";
import {
  applyUpdate,
  compileExpressions,
  type CompiledExpressions,
  createExpressionCompiler,
  evaluateCondition,
  type ExpressionRequest,
  projectItem,
} from "../../src/expressions/index.ts";
import { type Item, parseItem, writeItemJson } from "../../src/values/index.ts";

export interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

const requests = {
  absent: { kinds: ["condition"], condition: "attribute_not_exists(pk)" },
  version: {
    kinds: ["condition"],
    condition: "#v = :v AND (#s = :s OR attribute_not_exists(#s))",
    names: { "#v": "version", "#s": "state" },
    values: { ":v": { N: "7" }, ":s": { S: "open" } },
  },
  filter: {
    kinds: ["filter"],
    filter: "amount BETWEEN :low AND :high AND contains(tags, :tag) AND NOT begins_with(note, :text)",
    values: { ":low": { N: "10" }, ":high": { N: "5000" }, ":tag": { S: "gift" }, ":text": { S: "TODO" } },
  },
  query: {
    kinds: ["keyCondition"],
    keyCondition: "pk = :p AND begins_with(sk, :s)",
    values: { ":p": { S: "customer#1" }, ":s": { S: "order#" } },
  },
  counter: { kinds: ["update"], update: "ADD quantity :one", values: { ":one": { N: "1" } } },
  update: {
    kinds: ["update"],
    update:
      "SET #s = :s, version = version + :one, address.floor = :floor, " +
      "history = list_append(if_not_exists(history, :none), :entry) REMOVE draft ADD tags :tags",
    names: { "#s": "state" },
    values: {
      ":s": { S: "shipped" },
      ":one": { N: "1" },
      ":floor": { N: "4" },
      ":none": { L: [] },
      ":entry": { L: [{ S: "shipped" }] },
      ":tags": { SS: ["late"] },
    },
  },
  projection: { kinds: ["projection"], projection: "pk, sk, address.city, entries[0], entries[2]" },
} as const satisfies Record<string, ExpressionRequest>;

const wireItem = {
  pk: { S: "customer#0000123456" },
  sk: { S: "order#2026-03-14T15:09:26.535Z" },
  state: { S: "open" },
  version: { N: "7" },
  amount: { N: "1234.56" },
  quantity: { N: "42" },
  tags: { SS: ["express", "gift", "fragile"] },
  address: { M: { street: { S: "1 Long Street" }, city: { S: "Springfield" }, floor: { N: "3" } } },
  entries: { L: [{ S: "keyboard" }, { N: "2" }, { S: "mouse" }, { N: "1" }] },
  note: { S: "Please leave the parcel with the neighbours when nobody opens." },
} as const;

export function expressionCases(): readonly Case[] {
  const compiler = createExpressionCompiler({ cacheEntriesMax: 1000 });
  const item = itemOf(wireItem);
  const compiling = Object.entries(requests).flatMap(([name, request]): readonly Case[] => [
    { name: `compile ${name}, text known`, run: () => compiler.compile(request).kind },
    { name: `compile ${name}, text new`, run: () => compileExpressions(request).kind },
  ]);
  const { condition: absent } = compiled(requests.absent);
  const { condition: version } = compiled(requests.version);
  const { filter } = compiled(requests.filter);
  const { update: counter } = compiled(requests.counter);
  const { update } = compiled(requests.update);
  const { projection } = compiled(requests.projection);
  return [
    { name: "compile nothing", run: () => compiler.compile({ kinds: ["condition"] }).kind },
    ...compiling,
    { name: "evaluate absent", run: () => absent !== undefined && evaluateCondition(absent, item) },
    { name: "evaluate version", run: () => version !== undefined && evaluateCondition(version, item) },
    { name: "evaluate filter", run: () => filter !== undefined && evaluateCondition(filter, item) },
    { name: "apply counter", run: () => counter !== undefined && applyUpdate(counter, item) },
    { name: "apply update", run: () => update !== undefined && applyUpdate(update, item) },
    { name: "project", run: () => projection !== undefined && projectItem(projection, item) },
  ];
}

/** Changes when any case begins to answer something else. */
export function resultsHash(cases: readonly Case[]): string {
  const text = cases.map(({ name, run }) => `${name}=${resultText(run())}`).join("\n");
  return crc32(Buffer.from(text)).toString(16);
}

function resultText(result: unknown): string {
  if (result instanceof Map) return writeItemJson(result as Item);
  if (typeof result === "object" && result !== null && "item" in result)
    return writeItemJson(result.item as Item);
  return String(result);
}

function compiled(request: ExpressionRequest): CompiledExpressions {
  const result = compileExpressions(request);
  if (result.kind === "expressionIssue") throw new Error(result.message);
  return result;
}

function itemOf(wire: Readonly<Record<string, unknown>>): Item {
  const parsed = parseItem(wire);
  if (parsed.kind === "valueIssue") throw new Error(parsed.message);
  return parsed.item;
}

if (import.meta.main) {
  const cases = expressionCases();
  const bench = new Bench({ time: 300, warmupTime: 100 });
  for (const { name, run } of cases) bench.add(name, run);
  await bench.run();
  for (const { name, result } of bench.tasks) {
    const micros = result.state === "completed" ? result.latency.p50 * 1000 : Number.NaN;
    console.log(`${micros.toFixed(3).padStart(9)} us  ${name}`);
  }
  console.log(`results ${resultsHash(cases)}`);
}
