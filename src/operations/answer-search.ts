/** The answer of a search: what was found, best first, as the index holds it. */
import type { PacedWork } from "../base/index.ts";
import type { VectorIndex } from "../catalog/index.ts";
import { projectionAttributes, projectItem, type ProjectionPlan } from "../expressions/index.ts";
import { vectorSizeBytes } from "../indexes/index.ts";
import type { StoredRecord } from "../storage/contract/index.ts";
import { decodeItem, recordAttachment, recordHeader, recordJson, writeItemJson } from "../values/index.ts";
import { decodeVector, vectorElements, vectorLimits } from "../vectors/index.ts";
import { doubleJson, type ReturnConsumedCapacity, vectorSearchBytes } from "./capacity.ts";
import type { ResponseBody } from "./context.ts";
import type { NearestEntries } from "./nearest-entries.ts";
import { nextSlice } from "./next-slice.ts";
import { type BodyPart, joinInSlices, objectParts } from "./response-body.ts";

export interface SearchAnswer {
  readonly index: VectorIndex;
  /** Absent: all that the index holds but the vector. What it does not hold is passed over in silence. */
  readonly projection: ProjectionPlan | undefined;
  readonly asked: ReturnConsumedCapacity | undefined;
}

/** What is beyond the size of an answer is left out, the farthest first; that it is no error is unconfirmed. */
export async function answerSearch(
  { nearest, comparedCount }: NearestEntries,
  answer: SearchAnswer,
  work: PacedWork,
): Promise<ResponseBody> {
  const { index, projection, asked } = answer;
  const vectorBytes = vectorSizeBytes(index);
  const withVector = projection !== undefined && namesVector(projection, index);
  const results: BodyPart[] = [];
  let bytes = 0;
  let returnedBytes = 0;
  for (const { score, value: record } of nearest) {
    const json = projection === undefined ? recordJson(record.value) : projected(record, projection, index);
    bytes += Buffer.byteLength(json) + resultBytes;
    if (bytes > vectorLimits.responseBytesMax) break;
    returnedBytes += recordHeader(record.value).sizeBytes - (withVector ? 0 : vectorBytes);
    results.push(results.length === 0 ? '{"Item":' : ',{"Item":', json, `,"Score":${doubleJson(score)}}`);
    if (work.sliceOver()) await nextSlice(work);
  }
  const consumed = vectorSearchBytes({ comparedBytes: comparedCount * vectorBytes, returnedBytes });
  const parts = objectParts([
    ["SearchResults", ["[", ...results, "]"]],
    ["ConsumedCapacity", capacityJson(asked, consumed)],
  ]);
  return joinInSlices(parts, work);
}

/** Member names and score of one result, at most. */
const resultBytes = 50;

function namesVector(projection: ProjectionPlan, { vectorAttribute }: VectorIndex): boolean {
  return projectionAttributes(projection).includes(vectorAttribute);
}

/** The vector is given back in the precision of the index. */
function projected({ value }: StoredRecord, projection: ProjectionPlan, index: VectorIndex): string {
  const item = decodeItem(recordJson(value));
  const vector = recordAttachment(value);
  if (vector === undefined || !namesVector(projection, index)) {
    return writeItemJson(projectItem(projection, item));
  }
  const whole = new Map([...item, [index.vectorAttribute, vectorElements(decodeVector(vector))] as const]);
  return writeItemJson(projectItem(projection, whole));
}

/** A VectorCapacity, not the ConsumedCapacity of other operations. */
function capacityJson(asked: ReturnConsumedCapacity | undefined, bytes: number): string | undefined {
  if (asked === undefined || asked === "NONE") return undefined;
  return `{"VectorSearchRequestBytes":${doubleJson(bytes)}}`;
}
