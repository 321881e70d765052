export { bucketOf, hashPartitionKey, initialBucketCount } from "./hash.ts";
export { hashBound, hashOfKey, itemKey, type PlacedTable } from "./item-key.ts";
export { inSlice, segmentSlice, sliceRanges, type BucketRange, type HashSlice } from "./segments.ts";
