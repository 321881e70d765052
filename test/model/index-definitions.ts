/** The table of the index programs, its indexes from the start, and those that programs add. */
export interface KeyPart {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

export interface IndexDefinition {
  readonly name: string;
  readonly kind: "local" | "global";
  readonly hash: readonly KeyPart[];
  readonly range: readonly KeyPart[];
  /** Names of further attributes, or one of DynamoDB's words. */
  readonly projection: "ALL" | "KEYS_ONLY" | readonly string[];
}

export const tableName = "Model";

const pk: KeyPart = { name: "pk", type: "S" };
const sk: KeyPart = { name: "sk", type: "N" };
const text: KeyPart = { name: "text", type: "S" };
const group: KeyPart = { name: "group", type: "S" };
const number: KeyPart = { name: "number", type: "N" };
const bytes: KeyPart = { name: "bytes", type: "B" };
/** Items hold strings and numbers here, so it is refused only while an index wants strings. */
const mixed: KeyPart = { name: "mixed", type: "S" };

export const tableKey: readonly KeyPart[] = [pk, sk];

export const firstIndexes: readonly IndexDefinition[] = [
  { name: "localNumber", kind: "local", hash: [pk], range: [number], projection: "ALL" },
  { name: "localBytes", kind: "local", hash: [pk], range: [bytes], projection: "KEYS_ONLY" },
  { name: "byGroup", kind: "global", hash: [group], range: [], projection: "ALL" },
  { name: "sorted", kind: "global", hash: [group], range: [number], projection: "KEYS_ONLY" },
  {
    name: "several",
    kind: "global",
    hash: [group, text],
    range: [number, bytes],
    projection: ["x", "counter"],
  },
  { name: "byBytes", kind: "global", hash: [bytes], range: [text], projection: "KEYS_ONLY" },
];

const laterIndexes: readonly IndexDefinition[] = [
  { name: "late", kind: "global", hash: [text], range: [sk], projection: "ALL" },
  { name: "lateMixed", kind: "global", hash: [mixed], range: [bytes], projection: ["x"] },
  { name: "lateNumber", kind: "global", hash: [number], range: [group, text], projection: "KEYS_ONLY" },
];

export const allIndexes: readonly IndexDefinition[] = [...firstIndexes, ...laterIndexes];

/** The table itself, as queries see it. */
export const wholeTable: IndexDefinition = {
  name: tableName,
  kind: "local",
  hash: [pk],
  range: [sk],
  projection: "ALL",
};

export function attributeDefinitions(indexes: readonly IndexDefinition[]): readonly object[] {
  const parts = [...tableKey, ...indexes.flatMap(({ hash, range }) => [...hash, ...range])];
  const types = new Map(parts.map(({ name, type }) => [name, type]));
  return Array.from(types, ([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

export function indexInput({ name, hash, range, projection }: IndexDefinition): object {
  return {
    IndexName: name,
    KeySchema: keySchema(hash, range),
    Projection:
      typeof projection === "string"
        ? { ProjectionType: projection }
        : { ProjectionType: "INCLUDE", NonKeyAttributes: projection },
  };
}

export const tableInput: Readonly<Record<string, unknown>> = {
  TableName: tableName,
  AttributeDefinitions: attributeDefinitions(firstIndexes),
  KeySchema: keySchema([pk], [sk]),
  LocalSecondaryIndexes: firstIndexes.filter(({ kind }) => kind === "local").map(indexInput),
  GlobalSecondaryIndexes: firstIndexes.filter(({ kind }) => kind === "global").map(indexInput),
  BillingMode: "PAY_PER_REQUEST",
};

function keySchema(hash: readonly KeyPart[], range: readonly KeyPart[]): readonly object[] {
  return [
    ...hash.map(({ name }) => ({ AttributeName: name, KeyType: "HASH" })),
    ...range.map(({ name }) => ({ AttributeName: name, KeyType: "RANGE" })),
  ];
}
