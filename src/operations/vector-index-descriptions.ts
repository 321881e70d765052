/** From the vector index definitions of a request, whose rules have been checked, to what the catalog stores of them. */
import { assert } from "../base/index.ts";
import type { KeyAttribute, NewVectorIndex, TableChange, VectorIndex } from "../catalog/index.ts";
import { initialBucketCount } from "../partitions/index.ts";
import { projectionOf } from "./index-descriptions.ts";
import { onDemandWarm } from "./throughput-rules.ts";
import type { VectorIndexDefinition } from "./vector-index-rules.ts";

export interface VectorIndexBirth {
  readonly defined: ReadonlyMap<string, KeyAttribute>;
  readonly state: Pick<VectorIndex, "status" | "statusUntilMs" | "backfill">;
}

/** As many buckets as an index of an on-demand table begins with: others have no vector indexes. */
export function newVectorIndex(
  asked: VectorIndexDefinition,
  { defined, state }: VectorIndexBirth,
): NewVectorIndex {
  return {
    name: asked.IndexName,
    bucketCount: initialBucketCount(onDemandWarm),
    projection: projectionOf(asked.Projection),
    vectorAttribute: asked.VectorAttribute.AttributeName,
    dimensions: asked.Dimensions,
    distance: asked.DistanceFunction,
    hash: schemaAttributes(asked, "HASH", defined),
    inlineFilters: schemaAttributes(asked, "INLINE_FILTER", defined),
    ...state,
  };
}

/** The index and its entries are gone when the table is ACTIVE again. */
export function withVectorDeletion(
  updating: TableChange & { readonly statusUntilMs: number },
  indexName: string,
): TableChange {
  const { statusUntilMs, vectorIndexes = [] } = updating;
  return {
    ...updating,
    vectorIndexes: vectorIndexes.map((index) =>
      index.name === indexName ? { ...index, status: "DELETING", statusUntilMs } : index,
    ),
  };
}

function schemaAttributes(
  { SearchSchema: schema = [] }: VectorIndexDefinition,
  type: "HASH" | "INLINE_FILTER",
  defined: ReadonlyMap<string, KeyAttribute>,
): readonly KeyAttribute[] {
  return schema
    .filter(({ SearchSchemaElementType }) => SearchSchemaElementType === type)
    .map(({ AttributeName }) => {
      const attribute = defined.get(AttributeName);
      assert(attribute !== undefined, "the search schema of a checked index is defined");
      return attribute;
    });
}
