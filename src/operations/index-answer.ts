/** DynamoDB's descriptions of a table's indexes, as part of the table's. */
import {
  type DerivedIndex,
  type GlobalIndex,
  isAllocating,
  type KeyAttribute,
  type LocalIndex,
  type Projection,
  type TableCounts,
  type TableDescription,
  type VectorIndex,
} from "../catalog/index.ts";
import { type Members, onDemandAnswer, throughputAnswer, warmAnswer } from "./throughput-answer.ts";

export interface IndexFacts {
  readonly nowMs: number;
  /** By keyspace of the index; one that is not counted is empty. */
  readonly indexes: ReadonlyMap<number, TableCounts>;
  /** Whether the warm throughput of the global index of this name is shown. */
  readonly showsWarm: (indexName: string) => boolean;
}

/** Nothing for a table that is being deleted. */
export function indexesAnswer(table: TableDescription, facts: IndexFacts): Members {
  if (table.status === "DELETING") return {};
  const { localIndexes, globalIndexes, vectorIndexes } = table;
  return {
    ...(localIndexes === undefined
      ? {}
      : { LocalSecondaryIndexes: localIndexes.map((index) => localAnswer(table, index, facts)) }),
    ...(globalIndexes === undefined
      ? {}
      : { GlobalSecondaryIndexes: globalIndexes.map((index) => globalAnswer(table, index, facts)) }),
    ...(vectorIndexes === undefined
      ? {}
      : { VectorIndexes: vectorIndexes.map((index) => vectorAnswer(table, index, facts)) }),
  };
}

function localAnswer(table: TableDescription, index: LocalIndex, facts: IndexFacts): Members {
  return {
    IndexName: index.name,
    KeySchema: keySchemaAnswer([table.keySchema.hash], [index.range]),
    Projection: projectionAnswer(index.projection),
    ...sizeAnswer(table, index, facts),
  };
}

function globalAnswer(table: TableDescription, index: GlobalIndex, facts: IndexFacts): Members {
  return {
    IndexName: index.name,
    KeySchema: keySchemaAnswer(index.hash, index.range),
    Projection: projectionAnswer(index.projection),
    IndexStatus: index.status,
    ...backfillingAnswer(table, index),
    ProvisionedThroughput: throughputAnswer(index, facts.nowMs),
    ...sizeAnswer(table, index, facts),
    ...onDemandAnswer(index),
    ...(facts.showsWarm(index.name) ? { WarmThroughput: warmAnswer(index) } : {}),
  };
}

function vectorAnswer(table: TableDescription, index: VectorIndex, facts: IndexFacts): Members {
  const schema = [
    ...index.hash.map(({ name }) => ({ AttributeName: name, SearchSchemaElementType: "HASH" })),
    ...index.inlineFilters.map(({ name }) => ({
      AttributeName: name,
      SearchSchemaElementType: "INLINE_FILTER",
    })),
  ];
  return {
    IndexName: index.name,
    ...(schema.length === 0 ? {} : { SearchSchema: schema }),
    Projection: projectionAnswer(index.projection),
    VectorAttribute: { AttributeName: index.vectorAttribute },
    Dimensions: index.dimensions,
    DistanceFunction: index.distance,
    IndexStatus: index.status,
    ...backfillingAnswer(table, index),
    ...sizeAnswer(table, index, facts),
  };
}

/** Only of an index that was added to a live table, and only while it is being built. */
function backfillingAnswer(table: TableDescription, index: DerivedIndex): Members {
  if (index.backfill === undefined || index.status !== "CREATING") return {};
  return { Backfilling: !isAllocating(table, index) };
}

function keySchemaAnswer(hash: readonly KeyAttribute[], range: readonly KeyAttribute[]): readonly Members[] {
  return [
    ...hash.map(({ name }) => ({ AttributeName: name, KeyType: "HASH" })),
    ...range.map(({ name }) => ({ AttributeName: name, KeyType: "RANGE" })),
  ];
}

function projectionAnswer(projection: Projection): Members {
  const { type } = projection;
  return type === "INCLUDE"
    ? { ProjectionType: type, NonKeyAttributes: projection.attributes }
    : { ProjectionType: type };
}

function sizeAnswer(
  { arn }: TableDescription,
  { name, keyspace }: Pick<LocalIndex, "name" | "keyspace">,
  { indexes }: IndexFacts,
): Members {
  const { items, bytes } = indexes.get(keyspace) ?? { items: 0, bytes: 0 };
  return { IndexSizeBytes: bytes, ItemCount: items, IndexArn: `${arn}/index/${name}` };
}
