/** Random programs over a table with indexes, as plain data. */
import fc from "fast-check";
import { allIndexes, type IndexDefinition, type KeyPart, wholeTable } from "./index-definitions.ts";
import type { Action, NaiveQuery, RangeCondition } from "./index-model.ts";
import { identity, type Wire, type WireItem } from "./naive-items.ts";

export type IndexStep =
  | { readonly kind: "write"; readonly action: Action }
  /** At once, together with the change of the table when there is one. */
  | { readonly kind: "burst"; readonly actions: readonly Action[]; readonly add?: string }
  | { readonly kind: "batchWrite"; readonly actions: readonly Action[] }
  /** `again`: the same request once more, which its token makes the same. */
  | { readonly kind: "transactWrite"; readonly actions: readonly Action[]; readonly again: boolean }
  | { readonly kind: "transactGet"; readonly keys: readonly WireItem[] }
  | {
      readonly kind: "query";
      readonly target: string;
      readonly query: NaiveQuery;
      readonly limit: number;
      readonly reverse: boolean;
    }
  | { readonly kind: "scan"; readonly target: string; readonly limit: number; readonly segments: number }
  | { readonly kind: "addIndex"; readonly name: string }
  | { readonly kind: "dropIndex"; readonly name: string }
  | { readonly kind: "pause"; readonly name: string }
  | { readonly kind: "resume"; readonly name: string }
  | { readonly kind: "catchUp" }
  | { readonly kind: "restart" }
  | { readonly kind: "counts" };

export interface IndexProgram {
  /** In a folder, where restarting keeps the data. */
  readonly onDisk: boolean;
  /** Reads may find an index behind its table. */
  readonly stale: boolean;
  readonly steps: readonly IndexStep[];
}

const texts = ["", "a", "ab", "b", "\u00e9", "\u{1f600}"];
const pools: Readonly<Record<string, fc.Arbitrary<Wire>>> = {
  pk: fc.record({ S: fc.constantFrom("a", "b", "\u00e9") }),
  sk: fc.record({ N: fc.integer({ min: -2, max: 4 }).map(String) }),
  group: fc.record({ S: fc.constantFrom("g", "h") }),
  text: fc.record({ S: fc.constantFrom(...texts.slice(1)) }),
  number: fc.record({ N: fc.constantFrom("-12", "-1", "0", "3", "10", "100", "105") }),
  bytes: fc.record({ B: fc.constantFrom("AA==", "AAA=", "AP8=", "/w==", "AQ==") }),
  mixed: fc.oneof(fc.record({ S: fc.constantFrom("a", "b") }), fc.record({ N: fc.constantFrom("1", "2") })),
  x: fc.oneof(
    fc.record({ S: fc.constantFrom(...texts) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ L: fc.array(fc.record({ S: fc.constantFrom("l", "m") }), { maxLength: 2 }) }),
  ),
};

function valueOf(name: string): fc.Arbitrary<Wire> {
  const pool = pools[name];
  if (pool === undefined) throw new Error(`there are values for ${name}`);
  return pool;
}

const key: fc.Arbitrary<WireItem> = fc.record({ pk: valueOf("pk"), sk: valueOf("sk") });
const optional = ["group", "text", "number", "bytes", "x"];

/** Some of the attributes. */
function some(names: readonly string[]): fc.Arbitrary<WireItem> {
  const members = Object.fromEntries(names.map((name) => [name, valueOf(name)]));
  return fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<WireItem>;
}

function itemWith(names: readonly string[]): fc.Arbitrary<WireItem> {
  // Often all of them, or nothing would be in an index of many attributes.
  const members = Object.fromEntries(names.map((name) => [name, valueOf(name)]));
  const attributes = fc.oneof(some(names), fc.record(members) as fc.Arbitrary<WireItem>);
  return fc.tuple(key, attributes).map(([itemKey, more]) => ({ ...itemKey, ...more }));
}

function actionWith(names: readonly string[]): fc.Arbitrary<Action> {
  const only = fc.option(fc.constantFrom("ifAbsent" as const, "ifPresent" as const), {
    nil: undefined,
    freq: 2,
  });
  const conditional = <T extends Action>(action: fc.Arbitrary<T>): fc.Arbitrary<Action> =>
    fc.tuple(action, only).map(([act, when]) => (when === undefined ? act : { ...act, only: when }));
  const update = fc
    .tuple(
      key,
      some(names),
      fc.subarray([...names]),
      fc.option(fc.integer({ min: -3, max: 40 }), { nil: undefined }),
    )
    .map(([item, set, removed, by]) => {
      const remove = removed.filter((name) => !Object.hasOwn(set, name));
      return { kind: "update" as const, item, set, remove, ...(by === undefined ? {} : { by }) };
    });
  return fc.oneof(
    { weight: 5, arbitrary: conditional(itemWith(names).map((item) => ({ kind: "put" as const, item }))) },
    { weight: 5, arbitrary: conditional(update) },
    { weight: 2, arbitrary: conditional(key.map((item) => ({ kind: "delete" as const, item }))) },
  );
}

/** Different items each, since a request may name none twice. */
function several(action: fc.Arbitrary<Action>): fc.Arbitrary<readonly Action[]> {
  return fc.uniqueArray(action, { selector: ({ item }) => identity(item), minLength: 1, maxLength: 6 });
}

const check: fc.Arbitrary<Action> = fc
  .tuple(key, fc.constantFrom("ifAbsent" as const, "ifPresent" as const))
  .map(([item, only]) => ({ kind: "check", item, only }));

const batchAction: fc.Arbitrary<Action> = fc.oneof(
  itemWith([...optional, "mixed"]).map((item) => ({ kind: "put" as const, item })),
  key.map((item) => ({ kind: "delete" as const, item })),
);

const targets = [wholeTable, ...allIndexes];
const target = fc.constantFrom(...targets.map(({ name }) => name));
const anyGlobal = fc.constantFrom(
  ...allIndexes.filter(({ kind }) => kind === "global").map(({ name }) => name),
);

const queryStep: fc.Arbitrary<IndexStep> = fc.constantFrom(...targets).chain((index) =>
  fc.record({
    kind: fc.constant("query" as const),
    target: fc.constant(index.name),
    query: queryOf(index),
    limit: fc.integer({ min: 1, max: 9 }),
    reverse: fc.boolean(),
  }),
);

function queryOf({ hash, range }: IndexDefinition): fc.Arbitrary<NaiveQuery> {
  const equal = (part: KeyPart): fc.Arbitrary<RangeCondition> =>
    indexValue(part).map((value) => ({ operator: "=" as const, values: [value] }));
  const conditions = fc
    .integer({ min: 0, max: range.length })
    .chain((count): fc.Arbitrary<RangeCondition[]> => {
      const parts = range.slice(0, count);
      return fc.tuple(...parts.map((part, at) => (at === count - 1 ? rangeCondition(part) : equal(part))));
    });
  return fc.record({ hash: fc.tuple(...hash.map(indexValue)), range: conditions });
}

function indexValue(part: KeyPart): fc.Arbitrary<Wire> {
  return part.name === "mixed" ? fc.record({ S: fc.constantFrom("a", "b") }) : valueOf(part.name);
}

function rangeCondition(part: KeyPart): fc.Arbitrary<RangeCondition> {
  const value = indexValue(part);
  const comparison = fc
    .tuple(fc.constantFrom("=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const), value)
    .map(([operator, operand]) => ({ operator, values: [operand] }));
  const between = fc
    .tuple(value, value)
    .filter(([low, high]) => isOrdered(part, low, high))
    .map((values) => ({ operator: "BETWEEN" as const, values }));
  if (part.type === "N") return fc.oneof(comparison, between);
  return fc.oneof(
    comparison,
    between,
    value.map((operand) => ({ operator: "begins_with" as const, values: [operand] })),
  );
}

/** Bounds in the wrong order are refused. */
function isOrdered({ type }: KeyPart, low: Wire, high: Wire): boolean {
  if (type === "N") return Number(low["N"]) <= Number(high["N"]);
  const encoding = type === "B" ? "base64" : "utf8";
  return (
    Buffer.compare(Buffer.from(String(low[type]), encoding), Buffer.from(String(high[type]), encoding)) <= 0
  );
}

const step: fc.Arbitrary<IndexStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: actionWith([...optional, "mixed"]).map((action) => ({ kind: "write" as const, action })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(several(actionWith(optional)), fc.option(anyGlobal, { nil: undefined }))
      .map(([actions, add]) => ({ kind: "burst" as const, actions, ...(add === undefined ? {} : { add }) })),
  },
  { weight: 2, arbitrary: several(batchAction).map((actions) => ({ kind: "batchWrite" as const, actions })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("transactWrite" as const),
      actions: several(
        fc.oneof({ weight: 4, arbitrary: actionWith(optional) }, { weight: 1, arbitrary: check }),
      ),
      again: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("transactGet" as const),
      keys: fc.uniqueArray(key, { selector: identity, minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 5, arbitrary: queryStep },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("scan" as const),
      target,
      limit: fc.integer({ min: 1, max: 7 }),
      segments: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("addIndex" as const), name: anyGlobal }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("dropIndex" as const), name: anyGlobal }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pause" as const), name: anyGlobal }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resume" as const), name: anyGlobal }) },
  { weight: 1, arbitrary: fc.constant({ kind: "catchUp" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "counts" as const }) },
);

export function indexProgram(stepsMax: number): fc.Arbitrary<IndexProgram> {
  return fc.record({
    onDisk: fc.boolean(),
    stale: fc.boolean(),
    steps: fc.array(step, { minLength: 1, maxLength: stepsMax, size: "max" }),
  });
}
