/**
 * Rules of vector index definitions. The service's texts are known for few of them; those that are modelled on texts for
 * other indexes, and the order of all, are unconfirmed and stand in `texts`.
 */
import { type AttributeDefinition, type CreateTableInput, invalidParameters } from "../api/index.ts";
import { vectorLimits } from "../vectors/index.ts";
import { refuseBadProjection } from "./index-rules.ts";

/** The same in CreateTable and, but for its name, in UpdateTable. */
export type VectorIndexDefinition = NonNullable<CreateTableInput["VectorIndexes"]>[number];
type SearchSchema = NonNullable<VectorIndexDefinition["SearchSchema"]>;

/** Quoted by AWS with its prefix. */
const notDefined = "One element in SearchSchema is not defined in attribute definitions";

/** All unconfirmed. The first is a sentence of the developer guide; the one about dimensions is TopK's, which is known. */
const texts = {
  onlyOnDemand: "Vector indexes are supported only on tables that use on-demand capacity mode",
  tooMany: `VectorIndex count exceeds the per-table limit of ${vectorLimits.vectorIndexesMax}`,
  dimensions: (dimensions: number): string =>
    `Provided Dimensions value '${dimensions}' is out of valid range. ` +
    `The value must be between 1 and ${vectorLimits.dimensionsMax} inclusive`,
  tooManyElements: (type: string): string =>
    `The SearchSchema exceeds the maximum allowed number of ${type} attributes`,
  repeatedElement: "The SearchSchema contains multiple attributes with the same name",
  definedVector: (name: string): string =>
    `Vector attribute ${name} must not be defined in AttributeDefinitions`,
  otherDimensions: (name: string): string =>
    `All vector indexes of the attribute ${name} must have the same Dimensions`,
} as const;

/** A list that is there holds something. */
export function refuseEmptyVectorIndexList(input: CreateTableInput): void {
  if (input.VectorIndexes?.length === 0) throw invalidParameters("List of VectorIndexes is empty");
}

/** CreateTable: what holds for all indexes together, then each vector index on its own. */
export function refuseBadVectorIndexes(input: CreateTableInput): void {
  const indexes = input.VectorIndexes ?? [];
  if (indexes.length === 0) return;
  refuseProvisionedVectors(input.BillingMode ?? "PROVISIONED");
  refuseTooManyVectorIndexes(indexes.length);
  const others = [...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])];
  refuseRepeatedNames([...others, ...indexes]);
  for (const index of indexes) refuseBadVectorIndex(index, input.AttributeDefinitions ?? []);
  refuseOtherDimensions(indexes);
}

/** What a definition can get wrong by itself. Its search schema may only name attributes that are defined. */
export function refuseBadVectorIndex(
  index: VectorIndexDefinition,
  definitions: readonly AttributeDefinition[],
): void {
  const { VectorAttribute: vector, SearchSchema: schema = [], Dimensions: dimensions } = index;
  const defined = new Set(definitions.map(({ AttributeName }) => AttributeName));
  if (schema.some(({ AttributeName }) => !defined.has(AttributeName))) throw invalidParameters(notDefined);
  refuseDefinedVector(vector.AttributeName, defined);
  refuseBadSearchSchema(schema);
  if (dimensions < 1 || dimensions > vectorLimits.dimensionsMax) {
    throw invalidParameters(texts.dimensions(dimensions));
  }
  refuseBadProjection(index.Projection);
}

/** Definitions are of scalars: no item could have such an attribute as its vector. `defined` holds names. */
export function refuseDefinedVector(vectorAttribute: string, defined: ReadonlySet<string>): void {
  if (defined.has(vectorAttribute)) throw invalidParameters(texts.definedVector(vectorAttribute));
}

/** "If multiple vector indexes reference the same attribute, they must all use the same number of dimensions." */
export function refuseOtherDimensions(
  indexes: readonly Pick<VectorIndexDefinition, "VectorAttribute" | "Dimensions">[],
): void {
  const dimensionsOf = new Map<string, number>();
  for (const { VectorAttribute, Dimensions: dimensions } of indexes) {
    const { AttributeName: name } = VectorAttribute;
    if ((dimensionsOf.get(name) ?? dimensions) !== dimensions) {
      throw invalidParameters(texts.otherDimensions(name));
    }
    dimensionsOf.set(name, dimensions);
  }
}

/** Also of a table with vector indexes that is asked to change its mode. */
export function refuseProvisionedVectors(billingMode: NonNullable<CreateTableInput["BillingMode"]>): void {
  if (billingMode === "PROVISIONED") throw invalidParameters(texts.onlyOnDemand);
}

/** `count`: of one table, the new one included. */
export function refuseTooManyVectorIndexes(count: number): void {
  if (count > vectorLimits.vectorIndexesMax) throw invalidParameters(texts.tooMany);
}

/** Attributes that search schemas use: their definitions are in use, as those of keys are. */
export function searchSchemaNames(indexes: readonly VectorIndexDefinition[]): readonly string[] {
  return indexes.flatMap(({ SearchSchema }) =>
    (SearchSchema ?? []).map(({ AttributeName }) => AttributeName),
  );
}

function refuseBadSearchSchema(schema: SearchSchema): void {
  const hashCount = schema.filter(({ SearchSchemaElementType: type }) => type === "HASH").length;
  if (hashCount > vectorLimits.partitionAttributesMax) throw invalidParameters(texts.tooManyElements("HASH"));
  if (schema.length - hashCount > vectorLimits.inlineFiltersMax) {
    throw invalidParameters(texts.tooManyElements("INLINE_FILTER"));
  }
  if (new Set(schema.map(({ AttributeName }) => AttributeName)).size < schema.length) {
    throw invalidParameters(texts.repeatedElement);
  }
}

/** Over the indexes of all kinds; the text is that of the other kinds. */
function refuseRepeatedNames(indexes: readonly { readonly IndexName: string }[]): void {
  const names = new Set<string>();
  for (const { IndexName: name } of indexes) {
    if (names.has(name)) throw invalidParameters(`Duplicate index name: ${name}`);
    names.add(name);
  }
}
