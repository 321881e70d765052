/**
 * What generated statements are made of, before they become text or native requests: names and values are data here,
 * so that a quote or a colon in one cannot mean anything but itself.
 */

export type Wire = Readonly<Record<string, unknown>>;
export type WireItem = ReadonlyMap<string, Wire>;

export interface Path {
  readonly name: string;
  readonly inner: readonly (string | number)[];
}

export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "size"; readonly path: Path }
  | { readonly kind: "value"; readonly value: Wire };

export type Condition =
  | { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  | { readonly kind: "compare"; readonly operator: string; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "between"; readonly operand: Operand; readonly lower: Wire; readonly upper: Wire }
  | { readonly kind: "in"; readonly operand: Operand; readonly values: readonly Wire[] }
  | { readonly kind: "missing" | "null"; readonly path: Path; readonly negated: boolean }
  | { readonly kind: "type"; readonly path: Path; readonly type: string }
  | { readonly kind: "begins" | "contains"; readonly path: Path; readonly value: Wire };

/** A condition on the sort attribute that a Query can use. */
export type Sort =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">="; readonly value: Wire }
  | { readonly operator: "between" | "bounds"; readonly lower: Wire; readonly upper: Wire }
  | { readonly operator: "begins"; readonly value: Wire };

export type Read =
  | { readonly kind: "points"; readonly partitions: readonly Wire[]; readonly sorts: readonly Wire[] }
  | { readonly kind: "queries"; readonly partitions: readonly Wire[]; readonly sort?: Sort }
  | { readonly kind: "scan" };

export interface Select {
  readonly kind: "select";
  readonly table: FuzzTable;
  readonly index?: FuzzIndex;
  readonly paths?: readonly Path[];
  readonly read: Read;
  readonly filter?: Condition;
  readonly order?: "ASC" | "DESC";
  readonly limit?: number;
  readonly strong: boolean;
}

export type UpdateValue =
  | { readonly kind: "value"; readonly value: Wire }
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "+" | "-"; readonly left: UpdateValue; readonly right: UpdateValue }
  | { readonly kind: "append"; readonly left: UpdateValue; readonly right: UpdateValue };

export type Action =
  | { readonly kind: "set"; readonly path: Path; readonly value: UpdateValue }
  | { readonly kind: "remove"; readonly path: Path }
  | { readonly kind: "setAdd"; readonly path: Path; readonly value: Wire }
  | { readonly kind: "setDelete"; readonly path: Path; readonly value: Wire };

/** As the native ReturnValues are called. */
export type Returned = "NONE" | "ALL_OLD" | "ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW";

interface KeyedWrite {
  readonly table: FuzzTable;
  readonly key: WireItem;
  readonly condition?: Condition;
  readonly returned: Returned;
  /** Asks for ReturnValuesOnConditionCheckFailure ALL_OLD. */
  readonly showsFailed: boolean;
}

export interface Insert {
  readonly kind: "insert";
  readonly table: FuzzTable;
  readonly item: WireItem;
}

export type Write =
  | Insert
  | (KeyedWrite & { readonly kind: "update"; readonly actions: readonly Action[] })
  | (KeyedWrite & { readonly kind: "delete" });

/** Of a transaction; always with a condition. */
export type Exists = KeyedWrite & { readonly kind: "exists"; readonly condition: Condition };

export type Request =
  | { readonly kind: "statement"; readonly statement: Select | Write }
  | { readonly kind: "batch"; readonly statements: readonly (Select | Write)[] }
  | { readonly kind: "transaction"; readonly statements: readonly (Select | Write | Exists)[] };

export interface FuzzIndex {
  readonly name: string;
  readonly hash: string;
  readonly range?: string;
  readonly global: boolean;
  /** Absent: all. The keys are always there. */
  readonly projected?: readonly string[];
}

export interface FuzzTable {
  readonly name: string;
  readonly hash: string;
  readonly range?: string;
  readonly indexes: readonly FuzzIndex[];
}

/** Names that would mean something, were they not data. */
export const tables: readonly FuzzTable[] = [
  {
    name: "select.from-1",
    hash: `"p' = 'k"`,
    range: ":s#0",
    indexes: [
      { name: "by.local", hash: `"p' = 'k"`, range: "l;--", global: false, projected: [] },
      { name: "where", hash: "g?", range: "__proto__", global: true },
      { name: "some-of.it", hash: "g?", global: true, projected: ["a", "constructor"] },
    ],
  },
  { name: "tab", hash: "pk", indexes: [{ name: "by_n", hash: "n", global: true }] },
];

/** Of the index attributes and of no key. */
export const otherNames: readonly string[] = [
  "a",
  "constructor",
  "size",
  `a"b`,
  "o'o",
  ":v",
  "#n",
  "x.y[0]",
  "new\nline",
  "é\u{1F600}",
  "toString",
  " ",
];

/** All attributes of keys are texts, but for this one. */
export const numberKeys: ReadonlySet<string> = new Set(["n"]);

export function keyNames(table: FuzzTable): readonly string[] {
  return table.range === undefined ? [table.hash] : [table.hash, table.range];
}

export function targetKeys({ table, index }: Pick<Select, "table" | "index">): {
  readonly hash: string;
  readonly range: string | undefined;
} {
  const { hash, range } = index ?? table;
  return { hash, range };
}

/** CreateTable of a fuzz table. */
export function createRequest({ name, hash, range, indexes }: FuzzTable): object {
  const schema = (first: string, second: string | undefined): object[] =>
    [first, ...(second === undefined ? [] : [second])].map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? "HASH" : "RANGE",
    }));
  const names = new Set([hash, range, ...indexes.flatMap((index) => [index.hash, index.range])]);
  const indexRequests = (global: boolean): object[] =>
    indexes
      .filter((index) => index.global === global)
      .map((index) => ({
        IndexName: index.name,
        KeySchema: schema(index.hash, index.range),
        Projection: projectionOf(index),
      }));
  const local = indexRequests(false);
  return {
    TableName: name,
    AttributeDefinitions: [...names].flatMap((AttributeName) =>
      AttributeName === undefined
        ? []
        : [{ AttributeName, AttributeType: numberKeys.has(AttributeName) ? "N" : "S" }],
    ),
    KeySchema: schema(hash, range),
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes: indexRequests(true),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local }),
  };
}

function projectionOf({ projected }: FuzzIndex): object {
  if (projected === undefined) return { ProjectionType: "ALL" };
  if (projected.length === 0) return { ProjectionType: "KEYS_ONLY" };
  return { ProjectionType: "INCLUDE", NonKeyAttributes: projected };
}
