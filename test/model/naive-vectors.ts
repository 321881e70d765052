/** Vector search as one would explain it: all items, one after the other, sorted by how near they are. */

/** An item of the test's table in DynamoDB's JSON; `v` is the vector. */
export interface VectorItem {
  readonly pk: { readonly S: string };
  readonly v?: { readonly L: readonly { readonly N: string }[] };
  readonly team?: { readonly S: string };
  readonly n?: { readonly N: string };
  readonly label?: { readonly S: string };
}

export type Distance = "COSINE" | "EUCLIDEAN" | "DOT_PRODUCT";

export interface NaiveIndex {
  readonly name: string;
  readonly distance: Distance;
  /** Whether `team` is its HASH, and `n` an INLINE_FILTER. */
  readonly byTeam: boolean;
  readonly byNumber: boolean;
  /** Attributes beside the keys; absent: all but the vector. */
  readonly included?: readonly (keyof VectorItem)[];
}

export interface NumberFilter {
  readonly kind: "=" | "<" | "between" | "in";
  readonly values: readonly [number, number];
}

export interface Search {
  readonly index: NaiveIndex;
  readonly vector: readonly number[];
  readonly topK: number;
  readonly team: string;
  readonly filter?: NumberFilter;
}

export interface Found {
  readonly item: Partial<VectorItem>;
  readonly score: number;
}

/** All that could be found, best first. */
export function naiveSearch(items: readonly VectorItem[], search: Search): readonly Found[] {
  const { index, team, filter, vector } = search;
  const found = items.flatMap((item): readonly Found[] => {
    if (item.v === undefined) return [];
    if (index.byTeam && item.team?.S !== team) return [];
    if (index.byNumber && filter !== undefined && !passes(item.n, filter)) return [];
    return [{ item: projected(item, index), score: scoreOf(index.distance, vector, item.v.L) }];
  });
  const sign = index.distance === "DOT_PRODUCT" ? -1 : 1;
  return found.toSorted((left, right) => sign * (left.score - right.score));
}

/** What UpdateTable or CreateTable is asked for. */
export function vectorIndexInput(index: NaiveIndex, dimensions: number): Record<string, unknown> {
  const schema = [
    ...(index.byTeam ? [{ AttributeName: "team", SearchSchemaElementType: "HASH" }] : []),
    ...(index.byNumber ? [{ AttributeName: "n", SearchSchemaElementType: "INLINE_FILTER" }] : []),
  ];
  return {
    IndexName: index.name,
    VectorAttribute: { AttributeName: "v" },
    ...(schema.length === 0 ? {} : { SearchSchema: schema }),
    Projection: projectionInput(index),
    Dimensions: dimensions,
    DistanceFunction: index.distance,
  };
}

export function searchInput({ index, vector, topK, team, filter }: Search): Record<string, unknown> {
  const conditions = [
    ...(index.byTeam ? ["team = :team"] : []),
    ...(index.byNumber && filter !== undefined ? [conditionText(filter)] : []),
  ];
  const [low, high] = filter?.values ?? [0, 0];
  const values = Object.entries({
    ":team": { S: team },
    ":low": { N: String(low) },
    ":high": { N: String(high) },
  });
  const used = values.filter(([name]) => conditions.some((text) => text.includes(name)));
  return {
    IndexName: index.name,
    SearchVector: vector.map((component) => ({ N: String(component) })),
    TopK: topK,
    ...(conditions.length === 0
      ? {}
      : {
          SearchConditionExpression: conditions.join(" AND "),
          ExpressionAttributeValues: Object.fromEntries(used),
        }),
  };
}

function conditionText({ kind }: NumberFilter): string {
  const texts = {
    "=": "n = :low",
    "<": "n < :low",
    between: "n BETWEEN :low AND :high",
    in: "n IN (:low, :high)",
  };
  return texts[kind];
}

function passes(n: VectorItem["n"], { kind, values: [low, high] }: NumberFilter): boolean {
  if (n === undefined) return false;
  const value = Number(n.N);
  if (kind === "=") return value === low;
  if (kind === "<") return value < low;
  if (kind === "between") return value >= low && value <= high;
  return value === low || value === high;
}

function projectionInput({ included }: NaiveIndex): Record<string, unknown> {
  if (included === undefined) return { ProjectionType: "ALL" };
  if (included.length === 0) return { ProjectionType: "KEYS_ONLY" };
  return { ProjectionType: "INCLUDE", NonKeyAttributes: included };
}

function projected(item: VectorItem, { included, byTeam, byNumber }: NaiveIndex): Partial<VectorItem> {
  const { v: _vector, ...rest } = item;
  if (included === undefined) return rest;
  const held = new Set<string>(["pk", ...included, ...(byTeam ? ["team"] : []), ...(byNumber ? ["n"] : [])]);
  return Object.fromEntries(Object.entries(rest).filter(([name]) => held.has(name)));
}

function scoreOf(
  distance: Distance,
  search: readonly number[],
  list: readonly { readonly N: string }[],
): number {
  const pairs = list.map(({ N }, at) => [Math.fround(search[at] ?? 0), Math.fround(Number(N))] as const);
  const sum = (of: (left: number, right: number) => number): number =>
    pairs.reduce((total, [left, right]) => total + of(left, right), 0);
  const dot = sum((left, right) => left * right);
  if (distance === "DOT_PRODUCT") return dot;
  if (distance === "EUCLIDEAN") return Math.sqrt(sum((left, right) => (left - right) ** 2));
  const lengths = Math.sqrt(sum((left) => left * left)) * Math.sqrt(sum((_, right) => right * right));
  // What has no direction is at a right angle to everything.
  return lengths === 0 ? 1 : 1 - dot / lengths;
}
