/** Door of `vectors`: vectors of 32-bit floats, how near they are to each other, and the nearest of many. */

export { createScorer, type DistanceFunction, type Scorer } from "./distances.ts";
export { createVectorReader, decodeVector, encodeVector } from "./encoding.ts";
export { searchVectorIssueText, type VectorIssue, vectorIssueText, type VectorOwner } from "./issues.ts";
export { type Candidate, createTopK, type TopK, type TopKOptions } from "./top-k.ts";
export { vectorLimits } from "./vector-limits.ts";
export { vectorElements } from "./vector-elements.ts";
export { holdsVector, vectorOf, vectorOfElements } from "./vector-of.ts";
